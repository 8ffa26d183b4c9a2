"""The engine's heartbeat, which must not stop because a clock was set."""

import time
from pathlib import Path

from market.clock import NS_PER_S, ManualClock
from tests.trading.api.test_hub import memory_services
from tests.trading.core.builders import START_NS, config
from trading.api.ledger_feed import LedgerFeed
from trading.core.engine import Engine
from trading.core.ledger import MemoryJournal


class Watched(Engine):
    """Notes the times that it is told."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(config(), clock=clock, journal=MemoryJournal())
        self.told: list[int] = []

    def on_clock(self, now_ns: int) -> None:
        self.told.append(now_ns)
        super().on_clock(now_ns)

    def wait_for(self, now_ns: int) -> None:
        deadline = time.monotonic() + 20
        while now_ns not in self.told:
            assert time.monotonic() < deadline, f"never told of {now_ns}, but of {self.told}"
            time.sleep(0.01)


def test_time_goes_on_after_the_clock_is_set_back(tmp_path: Path) -> None:
    clock = ManualClock(START_NS)
    services = memory_services(tmp_path)
    services.clock = clock
    engine = Watched(clock)
    engine.recover()
    feed = LedgerFeed(services, on_failure=lambda error: None)
    feed.start(engine)
    try:
        engine.wait_for(START_NS)
        clock.set(START_NS - 3_600 * NS_PER_S)
        engine.wait_for(START_NS - 3_600 * NS_PER_S)
    finally:
        feed.stop()
        services.bars.close()
