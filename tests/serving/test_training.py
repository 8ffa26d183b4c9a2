"""Training is bounded, repeatable, and finds what there is to find."""

import pytest

from market.clock import ManualClock
from serving.catalogue import challengers, declared_models
from serving.errors import BadModelFile
from serving.evaluation import decide
from serving.features import feature_hash
from serving.models._interface import Budget
from serving.models.lstm import MODEL
from serving.training import evaluate_candidate, store_name, train_candidate
from tests.serving.builders import random_walk, trending_walk

ONE_EPOCH = Budget(epochs_max=1, seconds_max=60.0)


def test_the_same_seed_trains_the_same_bytes() -> None:
    series = random_walk(1200)
    first, second = (train_candidate(MODEL, "BTC/USDT", series, ONE_EPOCH, ManualClock()) for _ in range(2))
    assert first == second
    other = train_candidate(MODEL, "BTC/USDT", series, ONE_EPOCH._replace(seed=8), ManualClock())
    assert other.content != first.content


def test_a_signal_that_is_there_is_found_and_promoted() -> None:
    series = trending_walk(4000)
    candidate = train_candidate(MODEL, "BTC/USDT", series, Budget(epochs_max=8), ManualClock())
    evaluation = evaluate_candidate(MODEL, candidate, series)
    assert evaluation.hit_rate_interval.low > 0.55
    assert evaluation.log_loss_difference.high < 0
    assert decide(evaluation).is_promotable


def test_training_stops_when_its_time_is_up() -> None:
    class Racing(ManualClock):
        def now_ns(self) -> int:
            self.advance(10**9)
            return super().now_ns()

    clock = Racing()
    train_candidate(MODEL, "BTC/USDT", random_walk(1200), Budget(seconds_max=3.0), clock)
    assert clock.now_ns() < 12 * 10**9


def test_a_candidate_says_what_it_was_made_from() -> None:
    clock = ManualClock(1_790_000_000 * 10**9)
    candidate = train_candidate(MODEL, "ETH/USDT", random_walk(1200), ONE_EPOCH, clock)
    assert candidate.version == "lstm-eth-usdt:1790000000"
    assert candidate.feature_hash == feature_hash()
    assert candidate.trained.end < candidate.tested.start
    assert store_name("last_value", "BTC/USDT:USDT") == "last-value-btc-usdt-usdt"


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04 cut short"])
def test_foreign_bytes_are_refused_in_words(content: bytes) -> None:
    with pytest.raises(BadModelFile, match="train again"):
        MODEL.load(content)


def test_the_baseline_is_declared_but_does_not_challenge_itself() -> None:
    assert set(declared_models()) - set(challengers()) == {"last_value"}
