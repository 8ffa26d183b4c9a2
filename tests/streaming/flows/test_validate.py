"""The gate of the flow: good events go on, bad ones leave with reason and place, once."""

from market.events import Quarantined
from market.topics import BARS, BOOKS, QUARANTINE
from market.validation import Context
from streaming.flows.validate import Gate
from tests.streaming.flows.rounds import PARTITION, a_round, received
from tests.support.market_events import NOON, bar, levels, snapshot, trade


def test_a_bad_event_leaves_the_batch_and_the_good_ones_around_it_stay() -> None:
    events = [trade("100", trade_id="1"), trade("-1", trade_id="2"), trade("101", trade_id="3")]
    round_ = Gate(Context())(a_round(received(events, offset=7)))
    assert round_.batches[0].events == [events[0], events[2]]
    (refused,) = round_.refused
    assert refused.event.reason == "data.positive_price"
    assert refused.position == f"market.trades/{PARTITION}/7/1"
    assert b'"price":"-1"' in refused.event.raw
    assert refused.is_ours


def test_what_collectors_refused_joins_the_same_table_but_is_not_published_again() -> None:
    event = Quarantined(
        venue="kraken", symbol="", ts_event=NOON, ts_init=NOON, reason="frame.not_json", detail="x", raw=b"{"
    )
    round_ = Gate(Context())(a_round(received([event], topic=QUARANTINE, sender="kraken/1")))
    assert [(entry.event, entry.is_ours) for entry in round_.refused] == [(event, False)]


def test_our_own_bars_in_the_log_are_not_written_a_second_time() -> None:
    round_ = Gate(Context())(a_round(received([bar()], topic=BARS, sender="flows/1")))
    assert round_.batches[0].events == []


def test_a_refusal_that_was_committed_before_a_restart_is_not_reported_again() -> None:
    crossed = snapshot(bids=levels(("200", "1")))
    round_ = Gate(Context())(a_round(received([crossed], topic=BOOKS, is_replay=True)))
    assert round_.batches[0].events == []
    assert round_.refused == []
