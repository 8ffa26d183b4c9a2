"""Every function of qtpylib and technical, called on one fixed random walk.

The modules come in as arguments: ours in the test, the real ones in `record`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from tests.trading.strategy_framework.strategy_files import walk

ROWS = 400
SERIES = {
    "qtpylib": (
        "bollinger_bands",
        "implied_volatility",
        "log_returns",
        "macd",
        "returns",
        "roc",
        "rsi",
        "tdi",
        "weighted_bollinger_bands",
    ),
    "indicator_helpers": ("ehlers_super_smoother", "went_down", "went_up"),
}
WINDOWED = (
    "hma",
    "hull_moving_average",
    "numpy_rolling_mean",
    "numpy_rolling_std",
    "rolling_max",
    "rolling_mean",
    "rolling_min",
    "rolling_std",
    "rolling_weighted_mean",
    "sma",
    "wma",
    "zlema",
    "zlhma",
    "zlma",
)
FRAME = {
    "qtpylib": (
        "atr",
        "awesome_oscillator",
        "cci",
        "chopiness",
        "heikinashi",
        "ibs",
        "keltner_channel",
        "mid_price",
        "pvt",
        "rolling_vwap",
        "stoch",
        "true_range",
        "typical_price",
        "zscore",
    ),
    "indicators": (
        "MADR",
        "PMAX",
        "RMI",
        "SSLChannels",
        "TKE",
        "VIDYA",
        "atr_percent",
        "bollinger_bands",
        "chaikin_money_flow",
        "chopiness",
        "fibonacci_retracements",
        "ichimoku",
        "laguerre",
        "madrid_sqz",
        "mmar",
        "osc",
        "stc",
        "supertrend",
        "td_sequential",
        "tv_alma",
        "tv_hma",
        "tv_trama",
        "tv_wma",
        "vfi",
        "vpci",
        "vpcii",
        "vwmacd",
        "williams_percent",
    ),
    "candles": ("doji", "heikinashi"),
    "pivots_points": ("pivots_points",),
    "trendline": ("gentrends", "segtrends"),
}
PERIODS = ("dema", "ema", "hull_moving_average", "rma", "sma", "tema", "vwma", "zema")
VARIANTS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "crossed": lambda m: m["qtpylib"].crossed(close(), close().rolling(10).mean()),
    "crossed_above a level": lambda m: m["qtpylib"].crossed_above(close(), 100),
    "crossed_below an array": lambda m: m["qtpylib"].crossed_below(close(), close().shift(3).to_numpy()),
    "session": lambda m: m["qtpylib"].session(walk(ROWS).set_index("date")),
    "exponential atr": lambda m: m["qtpylib"].atr(walk(ROWS), 10, exp=True),
    "weighted awesome oscillator": lambda m: m["qtpylib"].awesome_oscillator(walk(ROWS), weighted=True),
    "fast stoch": lambda m: m["qtpylib"].stoch(walk(ROWS), fast=True),
    "wide bands": lambda m: m["qtpylib"].bollinger_bands(close(), window=40, stds=3),
    "alma of a bell": lambda m: m["indicators"].tv_alma(walk(ROWS), 9, 0.85, 6),
    "vidya by deviation": lambda m: m["indicators"].VIDYA(walk(ROWS), 14, select=False),
    "ema ssl": lambda m: m["indicators"].SSLChannels(walk(ROWS), 20, "ema"),
    "narrow supertrend": lambda m: m["indicators"].supertrend(walk(ROWS), 7, 2),
    "smooth vfi": lambda m: m["indicators"].vfi(walk(ROWS), length=20, smoothVFI=True),
    "sma mmar": lambda m: m["indicators"].mmar(walk(ROWS), matype="SMA"),
    "roi": lambda m: m["indicators"].return_on_investment(walk(ROWS).assign(buy=lambda f: f.index % 37 == 5)),
    "touches": lambda m: m["bouncyhouse"].touches(walk(ROWS), 100.0),
    "fisher": lambda m: m["indicator_helpers"].fishers_inverse(m["indicators"].RMI(walk(ROWS)), 9),
    "resampled": lambda m: m["util"].resample_to_interval(walk(ROWS), "1h"),
    "merged": lambda m: merged(m["util"]),
    "oscillators": lambda m: m["consensus"].OscillatorConsensus(walk(ROWS)).score(),
    "averages": lambda m: m["consensus"].MovingAverageConsensus(walk(ROWS)).score(smooth=3),
    "consensus": lambda m: consensus(m["consensus"]),
    **{
        f"pmax {kind} {source}": lambda m, kind=kind, source=source: m["indicators"].PMAX(
            walk(ROWS), MAtype=kind, src=source
        )
        for kind in range(1, 9)
        for source in (1, 2, 3)
    },
}


def close() -> pd.Series:
    """Return the closes of the walk."""
    return walk(ROWS)["close"]


def merged(util: Any) -> pd.DataFrame:
    """Return the walk with an average of its hours."""
    candles = walk(ROWS)
    hours = util.resample_to_interval(candles, 60)
    hours["sma"] = hours["close"].rolling(3).mean()
    frame: pd.DataFrame = util.resampled_merge(candles, hours)
    return frame


def consensus(module: Any) -> dict[str, pd.Series]:
    """Return the score of every vote that there is."""
    votes = module.Consensus(walk(ROWS))
    for name in sorted(dir(votes)):
        if name.startswith("evaluate_") and name != "evaluate_consensus":
            getattr(votes, name)(**({"period": 20} if name[9:] in {"ema", "sma", "tema"} else {}))
    votes.evaluate_consensus(module.OscillatorConsensus(walk(ROWS)), "osc", average=True)
    score: dict[str, pd.Series] = votes.score()
    return score


def results(modules: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every function answers, by its name."""
    found: dict[str, Any] = {}
    for module, names in SERIES.items():
        found |= {f"{module}.{name}": getattr(modules[module], name)(close()) for name in names}
    for module, names in FRAME.items():
        found |= {f"{module}.{name}": getattr(modules[module], name)(walk(ROWS)) for name in names}
    for window in (5, 21):
        for name in WINDOWED:
            found[f"{name} of {window}"] = getattr(modules["qtpylib"], name)(close(), window)
    for name in PERIODS:
        found[f"indicators.{name}"] = getattr(modules["indicators"], name)(walk(ROWS), 21)
    return found | {name: call(modules) for name, call in VARIANTS.items()}
