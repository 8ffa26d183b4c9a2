"""The report: whole, self-contained, safe with any text, and readable on a phone."""

import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trading.backtesting.errors import NotWritten
from trading.backtesting.report import report_page, write_report
from trading.backtesting.report.chart_data import BARS_MAX, chart_data
from trading.backtesting.report.curves import Line, chart, thinned
from trading.backtesting.report.numbers import duration, money, percent, price
from trading.backtesting.result import BacktestResult, ClosedTrade
from trading.strategy_framework.trade_manager.desk import Counts
from trading.strategy_framework.trades.settings import TradingTerms

START = datetime(2024, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHROMIUM = Path("/usr/bin/chromium")


def candles(rows: int = 2000, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.01, rows)))
    opened = np.concatenate([[100.0], close[:-1]])
    return pd.DataFrame(
        {
            "date": pd.date_range(START, periods=rows, freq="1h"),
            "open": opened,
            "high": np.maximum(opened, close) * 1.002,
            "low": np.minimum(opened, close) * 0.998,
            "close": close,
            "volume": 1.0,
        }
    )


def trade(number: int, frame: pd.DataFrame, **more: Any) -> ClosedTrade:
    opened, closed = number * 40, number * 40 + 25
    entry, leave = float(frame["open"][opened]), float(frame["open"][closed])
    profit = leave / entry - 1
    values: dict[str, Any] = {
        "trade_id": number,
        "pair": "BTC/USDT",
        "is_short": False,
        "open_date": START + opened * HOUR,
        "close_date": START + closed * HOUR,
        "trade_duration": 25 * 60,
        "open_rate": entry,
        "close_rate": leave,
        "amount": 500 / entry,
        "stake_amount": 500.0,
        "max_stake_amount": 500.0,
        "leverage": 1.0,
        "fee_open": 0.0,
        "fee_close": 0.0,
        "profit_abs": 500 * profit,
        "profit_ratio": profit,
        "exit_reason": "exit_signal",
        "enter_tag": "dip",
        "min_rate": entry,
        "max_rate": leave,
        "stop_loss_abs": 0.0,
        "stop_loss_ratio": None,
        "initial_stop_loss_abs": 0.0,
        "initial_stop_loss_ratio": None,
        "liquidation_price": None,
        "funding_fees": 0.0,
        "orders": [],
    }
    return ClosedTrade(**(values | more))


def result(trades: list[ClosedTrade], **more: Any) -> BacktestResult:
    values: dict[str, Any] = {
        "strategy": "Dips",
        "timeframe": "1h",
        "pairs": ["BTC/USDT"],
        "start": START,
        "stop": START + 1999 * HOUR,
        "starting_balance": 1000.0,
        "final_balance": 1000 + sum(each.profit_abs for each in trades),
        "trades": trades,
        "locks": [],
        "counts": Counts(),
        "candles": 2000,
        "data_hash": "a" * 64,
        "terms": TradingTerms(),
        "engine": "fast",
    }
    return BacktestResult(**(values | more))


def page(**more: Any) -> str:
    frame = candles()
    trades = [trade(number, frame) for number in range(45)]
    return report_page(result(trades, **more), {"BTC/USDT": frame})


class Outline(HTMLParser):
    """Collects the tags that are open at the end, and everything that a browser would fetch."""

    VOID = frozenset({"meta", "line", "path", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        self.fetched += [value or "" for name, value in attrs if name in {"src", "href", "srcset", "action"}]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag


def test_the_page_is_well_formed_and_fetches_nothing() -> None:
    text = page()
    outline = Outline()
    outline.feed(text)
    assert outline.open == []
    assert outline.fetched == []
    assert re.findall(r"https?://|@import|url\(", text) == []
    assert "$" not in re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)


def test_the_page_says_where_it_comes_from() -> None:
    text = page()
    for fact in (
        "a" * 64,
        "Tradable balance ratio",
        "2024-01-01 00:00 to 2024-03-24 07:00",
        "Deflated Sharpe",
    ):
        assert fact in text


def test_texts_of_a_strategy_can_not_become_markup() -> None:
    frame = candles()
    evil = '</script><script>alert("x")</script><img src=x>'
    trades = [trade(1, frame, enter_tag=evil, exit_reason=evil)]
    text = report_page(result(trades, strategy=evil), {"BTC/USDT": frame})
    assert "<script>alert" not in text
    assert "<img" not in text
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    assert json.loads(found[1])["trades"][0][8] == evil


def test_no_trades_make_a_page_too() -> None:
    text = report_page(result([]), {"BTC/USDT": candles()})
    assert "No trades." in text
    assert "Too few days to judge" in text


def test_the_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    frame = candles()
    path = tmp_path / "deep" / "report.html"
    write_report(result([trade(1, frame)]), {"BTC/USDT": frame}, path)
    assert path.read_text().endswith("</html>\n")
    assert [each.name for each in path.parent.iterdir()] == ["report.html"]
    with pytest.raises(NotWritten, match=str(tmp_path)):
        write_report(result([]), {"BTC/USDT": frame}, tmp_path)


def test_many_candles_are_joined_without_losing_an_extreme() -> None:
    frame = candles(rows=60_000)
    data = chart_data(
        {"BTC/USDT": frame}, pd.DataFrame(columns=["pair"]), first=0, last=pd.Timestamp("2100-01-01").value
    )
    packed = data["candles"]["BTC/USDT"]
    bars = np.frombuffer(base64.b64decode(packed["ohlc"]), "<f4").reshape(4, packed["n"])
    assert packed["n"] <= BARS_MAX
    assert packed["step"] == packed["joined"] * 3_600_000
    assert bars[1].max() == np.float32(frame["high"].max())
    assert bars[2].min() == np.float32(frame["low"].min())
    assert bars[0][0] == np.float32(frame["open"][0])
    assert bars[3][-1] == np.float32(frame["close"].iloc[-1])


def test_a_thinned_curve_keeps_its_deepest_point() -> None:
    times, values = np.arange(100_000), np.sin(np.arange(100_000) / 300.0)
    values[51_234] = -9.0
    kept_times, kept = thinned(times, values)
    assert len(kept) <= 1502
    assert kept.min() == -9.0
    assert (kept_times[0], kept_times[-1]) == (0, 99_999)


@pytest.mark.parametrize("level", [0.0, 1e-7, 0.31, -0.9, 250.0])
def test_a_flat_curve_of_any_level_has_a_scale(level: float) -> None:
    line = Line("flat", "own", np.array([0, 10**15]), np.array([level, level]))
    assert "nan" not in chart([line], label="flat")


def test_numbers_read_well() -> None:
    assert percent(-0.12345, signed=True) == "-12.35 %"
    assert (percent(None), percent(float("inf"))) == ("\N{EN DASH}", "\N{EN DASH}")
    assert money(1234.567, "USDT", signed=True) == "+1,234.57 USDT"
    assert money(0.00001234, "BTC") == "1.234e-05 BTC"
    assert [price(96123.4), price(0.000012345678)] == ["96,123.4", "0.0000123457"]
    assert [duration(59), duration(3600 * 25 + 60), duration(None)] == ["59 s", "1 d 1 h", "\N{EN DASH}"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip("no Chromium at /usr/bin/chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize(("width", "scheme"), [(1240, "light"), (1240, "dark"), (360, "dark")])
def test_it_opens_offline_without_an_error_at_any_width(
    browser: Any, tmp_path: Path, width: int, scheme: str
) -> None:
    path = tmp_path / "report.html"
    frame = candles()
    write_report(result([trade(number, frame) for number in range(45)]), {"BTC/USDT": frame}, path)
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    opened.goto(path.as_uri())
    opened.wait_for_selector("#rows tr")
    opened.click("#rows tr:nth-child(3)")
    opened.click("#after")
    opened.click("#theme")
    assert opened.text_content("#page") == "2 of 2"
    assert "trades" in str(opened.text_content("#view"))
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    drawn = "document.querySelector('canvas').getContext('2d').getImageData(0, 0, 300, 300).data.some(v => v)"
    assert opened.evaluate(drawn)
    assert problems == []
    context.close()
