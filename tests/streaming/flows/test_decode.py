"""Decoding: each batch once, gaps noticed, foreign bytes quarantined."""

from market.codecs import encode_batch
from market.events import MarketEvent
from market.topics import TRADES
from runtime.event_log import Record
from streaming.flows.decode import SENDERS_MAX, Decoder
from streaming.flows.rounds import Round
from tests.support.market_events import NOON, trade


def _record(offset: int, sequence: int, sender: str = "binance/1") -> Record:
    events: list[MarketEvent] = [trade(trade_id=str(sequence))]
    return Record(TRADES.name, 0, offset, encode_batch(events, sender=sender, sequence=sequence))


def _decode(decoder: Decoder, *records: Record) -> Round:
    return decoder(Round(NOON, list(records)))


def test_a_batch_that_stands_twice_in_the_log_is_read_once() -> None:
    round_ = _decode(Decoder(), _record(0, 1), _record(1, 2), _record(2, 1), _record(3, 2), _record(4, 3))
    assert [batch.sequence for batch in round_.batches] == [1, 2, 3]
    assert not any(batch.has_gap for batch in round_.batches)


def test_a_missing_batch_is_noticed_at_the_next_one() -> None:
    round_ = _decode(Decoder(), _record(0, 1), _record(1, 3), _record(2, 4))
    assert [batch.has_gap for batch in round_.batches] == [False, True, False]


def test_a_batch_that_was_overtaken_is_read_when_it_comes_and_only_once() -> None:
    """A broker took the third, lost its answers, and then took all three again."""
    found = _decode(
        Decoder(), *(_record(offset, sequence) for offset, sequence in enumerate([1, 3, 1, 2, 3, 2, 4]))
    )
    assert [batch.sequence for batch in found.batches] == [1, 3, 2, 4]
    assert [batch.has_gap for batch in found.batches] == [False, True, True, False]


def test_each_sender_counts_for_itself() -> None:
    round_ = _decode(Decoder(), _record(0, 7), _record(1, 1, "binance/2"), _record(2, 8))
    assert [(batch.sender, batch.has_gap) for batch in round_.batches] == [
        ("binance/1", False),
        ("binance/2", False),
        ("binance/1", False),
    ]


def test_kept_sequences_recognise_a_repetition_across_a_restart() -> None:
    decoder = Decoder({(TRADES.name, 0): 5}, {(TRADES.name, 0): {"binance/1": 9}})
    assert _decode(decoder, _record(5, 9)).batches == []
    assert len(_decode(decoder, _record(6, 10)).batches) == 1


def test_what_was_committed_before_the_start_is_marked_as_replay() -> None:
    decoder = Decoder({(TRADES.name, 0): 2})
    round_ = _decode(decoder, _record(1, 1), _record(2, 2))
    assert [batch.is_replay for batch in round_.batches] == [True, False]


def test_bytes_that_are_no_batch_go_to_quarantine_with_their_place() -> None:
    round_ = _decode(Decoder(), Record(TRADES.name, 3, 17, b"\xc1 not ours"))
    assert [(entry.event.reason, entry.position) for entry in round_.refused] == [
        ("log.bad_message", "market.trades/3/17/0")
    ]
    assert round_.refused[0].event.raw == b"\xc1 not ours"


def test_the_memory_of_senders_is_bounded() -> None:
    decoder = Decoder()
    for number in range(3 * SENDERS_MAX):
        _decode(decoder, _record(number, 1, f"binance/{number}"))
    assert len(decoder._sequences[TRADES.name, 0]) == SENDERS_MAX
