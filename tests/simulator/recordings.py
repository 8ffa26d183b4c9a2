"""Recorded frames to compare with."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runtime.recordings import open_recording

BINANCE_SPOT = "raw_ws/binance_hftbacktest/spot_btcusdt_20240808.jsonl.zst"
COINBASE = "raw_ws/cryptofeed_v3/COINBASE.dev-first10s.jsonl.zst"
KRAKEN_V2 = "raw_ws/kraken_sdk/orderbook-v2.dev-first200.json.gz"


def find(path: Path, wanted: Callable[[Any], bool], *, kind: str = "recv") -> Any:
    """Return the first recorded document that is `wanted`."""
    for record in open_recording(path).records():
        if record.kind == kind:
            document = json.loads(record.data)
            if wanted(document):
                return document
    raise AssertionError(f"{path} holds no such document")
