"""Both engines make the same trades, whatever is drawn."""

import msgspec
import pytest

from tests.trading.backtesting.fast.drawing import Drawn, DrawnAndAsking, DrawnShorts, draw


def _check(seed: int, strategy_class: type[Drawn]) -> None:
    results = draw(seed, strategy_class)
    (general, seen), (fast, seen_fast) = results["general"], results["fast"]
    assert fast.engine == "fast"
    assert msgspec.structs.replace(fast, engine="general") == general, f"seed {seed}"
    assert seen_fast == seen, f"seed {seed}"


@pytest.mark.parametrize("seed", range(24))
def test_plain_strategies_trade_alike_on_both_engines(seed: int) -> None:
    _check(seed, Drawn)


@pytest.mark.parametrize("seed", range(12))
def test_strategies_that_look_at_their_trades_see_and_trade_alike_on_both_engines(seed: int) -> None:
    _check(seed, DrawnAndAsking)


@pytest.mark.parametrize("seed", range(16))
def test_shorts_with_leverage_and_funding_trade_alike_on_both_engines(seed: int) -> None:
    _check(seed, DrawnShorts)
