"""Cases with hand-written candles and known answers: ``backtest_cases.json`` and its like.

Each holds a handful of 1h candles from 2018-10-03, flags of their signals, and what freqtrade
2026.9 answers. Their world, in which freqtrade gives exactly these answers: futures so that shorts
exist, no fee, no funding, no rounding of amounts, prices in whole units, a stake of 0.001 BTC, a
time-out of 10 (entry) and 30 (exit) minutes unless the case names one, and no limits.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from tests.parity.cases.candles import as_frame
from tests.parity.cases.case import Case

PAIR = "UNITTEST/BTC:BTC"
BEGIN = datetime(2018, 10, 3, tzinfo=UTC)
SIGNALS = ("enter_long", "exit_long", "enter_short", "exit_short", "enter_tag", "exit_tag")

SOURCE = '''"""Recorded case {id}."""

import pandas as pd
from freqtrade.strategy import IStrategy

SIGNALS = {signals!r}
ADJUSTMENTS = iter({adjustments!r})


class RecordedCase(IStrategy):
    timeframe = "1h"
    can_short = True
    minimal_roi = {roi!r}
    stoploss = {stop_loss!r}
    trailing_stop = {trailing_stop!r}
    trailing_only_offset_is_reached = {trailing_only_offset_is_reached!r}
    trailing_stop_positive = {trailing_stop_positive!r}
    trailing_stop_positive_offset = {trailing_stop_positive_offset!r}
    use_exit_signal = {use_exit_signal!r}
    use_custom_stoploss = {use_custom_stoploss!r}
    position_adjustment_enable = {adjusts!r}

    def leverage(self, *args, **kwargs):
        return {leverage!r}

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        for column, values in SIGNALS.items():
            if column.startswith("enter"):
                dataframe[column] = pd.Series(values, index=dataframe.index, dtype=object)
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        for column, values in SIGNALS.items():
            if column.startswith("exit"):
                dataframe[column] = pd.Series(values, index=dataframe.index, dtype=object)
        return dataframe
'''

ADJUSTING = """
    def adjust_trade_position(self, trade, **kwargs):
        return next(ADJUSTMENTS)
"""

CONSTANT = """
    def {method}(self, *args, **kwargs):
        return {value!r}
"""

CONSTANTS = ("custom_entry_price", "custom_exit_price", "adjust_entry_price", "adjust_exit_price")


def read_cases(path: Path) -> list[dict[str, Any]]:
    """Return the cases of a file.

    Raises:
        SystemExit: The file is not there, is no JSON list, or a case lacks its candles.
    """
    try:
        cases: list[dict[str, Any]] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise SystemExit(f"Can't read backtest cases from {path}: {error}") from error
    if not isinstance(cases, list) or not all(isinstance(case, dict) and "data" in case for case in cases):
        raise SystemExit(f"{path} is no list of backtest cases: each needs at least 'data'.")
    return cases


def recorded_case(raw: dict[str, Any]) -> Case:
    """Return a case of such a file as a strategy, settings and candles."""
    minutes = raw.get("timeout")
    timeouts = {"entry": minutes or 10, "exit": minutes or 30, "unit": "minutes"}
    candles = _candles(raw["data"])
    hours = [row[0] for row in candles.itertuples(index=False)]
    nothing = as_frame([(hour.to_pydatetime(), 0.0, 0.0, 0.0, 0.0, 0.0) for hour in hours])
    return Case(
        kind="recorded",
        seed=0,
        strategy="RecordedCase",
        source=_source(raw),
        config=_config(timeouts),
        timerange=None,
        markets=[_market()],
        tiers={PAIR: [_tier()]},
        candles={
            (PAIR, "1h", "futures"): candles,
            (PAIR, "1h", "mark"): candles,
            (PAIR, "1h", "funding_rate"): nothing,
        },
    )


def _candles(rows: list[list[Any]]) -> pd.DataFrame:
    return as_frame([
        (BEGIN + timedelta(hours=row[0]), *(float(value) for value in row[1:6]))  # type: ignore[misc]
        for row in rows
    ])  # fmt: skip


def _source(raw: dict[str, Any]) -> str:
    # A case without tags has None in them, not the empty text that freqtrade starts a tag with.
    signals = {
        name: [row[6 + place] if len(row) > 6 + place else None for row in raw["data"]]
        for place, name in enumerate(SIGNALS)
    }
    adjustments = raw.get("adjust_trade_position")
    settings = {
        "trailing_stop": False, "trailing_only_offset_is_reached": False, "trailing_stop_positive": None,
        "trailing_stop_positive_offset": 0.0, "use_exit_signal": False, "use_custom_stoploss": False,
        "leverage": 1.0, "roi": {}, "id": "",
    } | raw  # fmt: skip
    source = SOURCE.format(
        **settings, signals=signals, adjustments=adjustments or [], adjusts=adjustments is not None
    )
    if adjustments is not None:
        source += ADJUSTING
    given = {name: raw.get(name) for name in CONSTANTS}
    return source + "".join(
        CONSTANT.format(method=name, value=value) for name, value in given.items() if value is not None
    )


def _config(timeouts: dict[str, Any]) -> dict[str, Any]:
    pricing = {"price_side": "same", "use_order_book": True, "order_book_top": 1}
    return {
        "stake_currency": "BTC",
        "stake_amount": 0.001,
        "dry_run": True,
        "dry_run_wallet": 1000,
        "max_open_trades": 10,
        "fee": 0.0,
        "trading_mode": "futures",
        "margin_mode": "isolated",
        "unfilledtimeout": timeouts,
        "exchange": {"name": "binance", "key": "", "secret": "", "pair_whitelist": [PAIR]},
        "pairlists": [{"method": "StaticPairList"}],
        "entry_pricing": pricing,
        "exit_pricing": pricing,
        "dataformat_ohlcv": "feather",
    }


def _market() -> dict[str, Any]:
    unlimited = dict.fromkeys(
        ("price_tick", "amount_tick", "amount_min", "amount_max", "cost_min", "cost_max")
    )
    return {"pair": PAIR, "taker": 0.0, "maker": 0.0, "contract_size": 1.0} | unlimited


def _tier() -> dict[str, float]:
    return {
        "min_notional": 0.0,
        "max_notional": 1e9,
        "maintenance_rate": 0.004,
        "max_leverage": 100.0,
        "maintenance_amount": 0.0,
    }
