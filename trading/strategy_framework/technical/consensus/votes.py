"""How many indicators agree: each adds its weight to buying or selling, the score is their share."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from trading.strategy_framework.qtpylib import awesome_oscillator, crossed_above
from trading.strategy_framework.technical import indicators
from trading.strategy_framework.technical.functions import ta

__all__ = ["Consensus"]


# The arguments are the original's: a period or field, a prefix, and two weights.
# ruff: noqa: PLR0913, PLR0917
class Consensus:
    """Indicators on a copy of the candles: call `evaluate_…` for each that counts, then `score`."""

    def __init__(self, dataframe: pd.DataFrame) -> None:
        self.dataframe = dataframe.copy()
        self.buy_weights: float = 0
        self.sell_weights: float = 0

    def score(self, prefix: str = "consensus", smooth: int | None = None) -> dict[str, pd.Series]:
        """Return `buy` and `sell` from 0 to 100, and how many votes agree and disagree."""
        votes = {
            side: self.dataframe.filter(regex=f"^{side}_.*").fillna(0).filter(regex=f"^({side})_.*")
            for side in ("sell", "buy")
        }
        result: dict[str, pd.Series] = {}
        for side, weights in (("sell", self.sell_weights), ("buy", self.buy_weights)):
            share = votes[side].sum(axis=1) / weights * 100
            name = f"{prefix}_score_{side}"
            self.dataframe[name] = share if smooth is None else share.rolling(smooth).mean()
            result[side] = self.dataframe[name]
        for side in ("buy", "sell"):
            result[f"{side}_agreement"] = votes[side].sum(axis=1)
        for side in ("buy", "sell"):
            result[f"{side}_disagreement"] = votes[side].count(axis=1) - votes[side].sum(axis=1)
        return result

    def evaluate_rsi(
        self, period: int = 14, prefix: str = "rsi", impact_buy: float = 1, impact_sell: float = 1
    ) -> None:
        """Buy below an RSI of 30, sell above 70."""
        line = ta.RSI(self.dataframe, timeperiod=period)
        self._levels(f"{prefix}_{period}", line, 30, 70, impact_buy, impact_sell)

    def evaluate_stoch(self, prefix: str = "stoch", impact_buy: float = 1, impact_sell: float = 1) -> None:
        """Buy below a fast stochastic of 20, sell above 80."""
        stochastic = ta.STOCHF(self.dataframe, 5, 3, 0, 3, 0)
        self.dataframe[f"{prefix}_fastd"] = stochastic["fastd"]
        self.dataframe[f"{prefix}_fastk"] = line = stochastic["fastk"]
        self._vote(prefix, line < 20, line > 80, impact_buy, impact_sell)

    def evaluate_stoch_rsi(
        self,
        period: int = 14,
        smoothd: int = 3,
        smoothk: int = 3,
        prefix: str = "stoch_rsi",
        impact_buy: float = 1,
        impact_sell: float = 1,
    ) -> None:
        """Buy below a stochastic RSI of 20, sell above 80."""
        self.dataframe[f"rsi_{period}"] = line = ta.RSI(self.dataframe, timeperiod=period)
        lowest, highest = line.rolling(period).min(), line.rolling(period).max()
        name = f"{prefix}_{period}"
        fast = ((line - lowest) / (highest - lowest)).rolling(smoothk).mean() * 100
        self.dataframe[f"{name}_fastk"] = fast
        self.dataframe[f"{name}_fastd"] = fast.rolling(smoothd).mean()
        self._vote(name, fast < 20, fast > 80, impact_buy, impact_sell)

    def evaluate_macd_cross_over(
        self, prefix: str = "macd_crossover", impact_buy: float = 2, impact_sell: float = 2
    ) -> pd.DataFrame:
        """Buy where the MACD crosses its signal upwards, sell where downwards."""
        line, signal = self._macd()
        up, down = crossed_above(line, signal), crossed_above(signal, line)
        self._vote(prefix, up, down, impact_buy, impact_sell)
        return self.dataframe

    def evaluate_macd(
        self, prefix: str = "macd", impact_buy: float = 1, impact_sell: float = 1
    ) -> pd.DataFrame:
        """Buy a MACD above its signal and 0, sell one below both."""
        line, signal = self._macd()
        self._vote(
            prefix, (line > signal) & (line > 0), (line < signal) & (line < 0), impact_buy, impact_sell
        )
        return self.dataframe

    def evaluate_hull(
        self,
        period: int = 9,
        field: str = "close",
        prefix: str = "hull",
        impact_buy: float = 1,
        impact_sell: float = 1,
    ) -> None:
        """Buy below Hull's average, sell above."""
        line = indicators.hull_moving_average(self.dataframe, period, field)
        self._against(f"{prefix}_{field}_{period}", line, field, impact_buy, impact_sell)

    def evaluate_vwma(
        self, period: int = 9, prefix: str = "vwma", impact_buy: float = 1, impact_sell: float = 1
    ) -> None:
        """Buy below the average weighted by volume, sell above."""
        line = indicators.vwma(self.dataframe, period)
        self._against(f"{prefix}_{period}", line, "close", impact_buy, impact_sell)

    def evaluate_tema(
        self,
        period: int,
        field: str = "close",
        prefix: str = "tema",
        impact_buy: float = 1,
        impact_sell: float = 1,
    ) -> None:
        """Buy above the triple exponential average, sell below."""
        self._average(ta.TEMA, period, field, prefix, impact_buy, impact_sell)

    def evaluate_ema(
        self,
        period: int,
        field: str = "close",
        prefix: str = "ema",
        impact_buy: float = 1,
        impact_sell: float = 1,
    ) -> None:
        """Buy above the exponential average, sell below."""
        self._average(ta.EMA, period, field, prefix, impact_buy, impact_sell)

    def evaluate_sma(
        self,
        period: int,
        field: str = "close",
        prefix: str = "sma",
        impact_buy: float = 1,
        impact_sell: float = 1,
    ) -> None:
        """Buy above the average, sell below."""
        self._average(ta.SMA, period, field, prefix, impact_buy, impact_sell)

    def evaluate_laguerre(self, prefix: str = "lag", impact_buy: float = 1, impact_sell: float = 1) -> None:
        """Buy below a Laguerre RSI of 0.1, sell above 0.9."""
        line = indicators.laguerre(self.dataframe)
        self._levels(prefix, line, 0.1, 0.9, impact_buy, impact_sell)

    def evaluate_osc(
        self, period: int = 12, prefix: str = "osc", impact_buy: float = 1, impact_sell: float = 1
    ) -> None:
        """Buy below an oscillator of 0.3, sell above 0.8."""
        line = indicators.osc(self.dataframe, period)
        self._levels(f"{prefix}_{period}", line, 0.3, 0.8, impact_buy, impact_sell)

    def evaluate_cmf(
        self, period: int = 12, prefix: str = "cmf", impact_buy: float = 1, impact_sell: float = 1
    ) -> None:
        """Buy above a money flow of 0.5, sell below -0.5."""
        name = f"{prefix}_{period}"
        self.dataframe[name] = line = indicators.cmf(self.dataframe, period)
        self._vote(name, line > 0.5, line < -0.5, impact_buy, impact_sell)

    def evaluate_cci(
        self,
        period: int = 20,
        prefix: str = "cci",
        impact_buy: float = 1,
        impact_sell: float = 1,
        sell_signal: float = 100,
        buy_signal: float = -100,
    ) -> None:
        """Buy below a channel index of `buy_signal`, sell above `sell_signal`."""
        line = ta.CCI(self.dataframe, timeperiod=period)
        self._levels(f"{prefix}_{period}", line, buy_signal, sell_signal, impact_buy, impact_sell)

    def evaluate_cmo(
        self, period: int = 20, prefix: str = "cmo", impact_buy: float = 1, impact_sell: float = 1
    ) -> None:
        """Buy below a momentum oscillator of -50, sell above 50."""
        line = ta.CMO(self.dataframe, timeperiod=period)
        self._levels(f"{prefix}_{period}", line, -50, 50, impact_buy, impact_sell)

    def evaluate_ultimate_oscilator(
        self, prefix: str = "uo", impact_buy: float = 1, impact_sell: float = 1
    ) -> None:
        """Buy below an ultimate oscillator of 30, sell above 70."""
        self._levels(prefix, ta.ULTOSC(self.dataframe), 30, 70, impact_buy, impact_sell)

    def evaluate_williams(
        self, prefix: str = "williams", impact_buy: float = 1, impact_sell: float = 1
    ) -> None:
        """Buy below a %R of -80, sell above -20."""
        line = indicators.williams_percent(self.dataframe)
        self._levels(prefix, line, -80, -20, impact_buy, impact_sell)

    def evaluate_momentum(
        self, period: int = 20, prefix: str = "momentum", impact_buy: float = 1, impact_sell: float = 1
    ) -> None:
        """Buy above a momentum of 100, sell below."""
        name = f"{prefix}_{period}"
        self.dataframe[name] = line = ta.MOM(self.dataframe, timeperiod=period)
        self._vote(name, line > 100, line < 100, impact_buy, impact_sell)

    def evaluate_consensus(
        self,
        consensus: "Consensus",
        prefix: str,
        smooth: int = 0,
        buy_score: float = 80,
        sell_score: float = 80,
        impact_buy: float = 1,
        impact_sell: float = 1,
        average: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        """Let another consensus vote with all its weights, or (`average`) with one."""
        score = consensus.score(smooth=smooth) if smooth > 0 else consensus.score()
        name = f"{prefix}_"
        self.dataframe[f"{name}_buy"], self.dataframe[f"{name}_sell"] = score["buy"], score["sell"]
        buys, sells = score["buy"] > buy_score, score["sell"] >= sell_score
        if average:
            self._vote(name, buys, sells, impact_buy, impact_sell)
            return
        self.buy_weights += consensus.buy_weights
        self.sell_weights += consensus.sell_weights
        self.dataframe.loc[buys, f"buy_{name}"] = consensus.buy_weights * impact_buy
        self.dataframe.loc[sells, f"sell_{name}"] = consensus.sell_weights * impact_sell

    def evaluate_ichimoku(
        self, prefix: str = "ichimoku", impact_buy: float = 1, impact_sell: float = 1
    ) -> None:
        """Buy an open below the cloud, sell one above it."""
        cloud = indicators.ichimoku(self.dataframe)
        for line in ("tenkan_sen", "kijun_sen", "senkou_span_a", "senkou_span_b", "chikou_span"):
            self.dataframe[f"{prefix}_{line}"] = cloud[line]
        first, second, opened = cloud["senkou_span_a"], cloud["senkou_span_b"], self.dataframe["open"]
        below, above = (first > opened) & (second > opened), (first < opened) & (second < opened)
        self._vote(prefix, below, above, impact_buy, impact_sell)

    def evaluate_adx(
        self,
        period: int = 14,
        prefix: str = "adx",
        trend_line: float = 25,
        use_di: bool = True,  # noqa: FBT001, FBT002
        impact_buy: float = 1,
        impact_sell: float = 1,
    ) -> None:
        """Buy and sell a trend stronger than `trend_line` in its direction (in any without `use_di`)."""
        name = f"{prefix}_{period}"
        self.dataframe[name] = line = ta.ADX(self.dataframe, timeperiod=period)
        buys = sells = line > trend_line
        if use_di:
            self.dataframe[f"{name}_plus_di"] = plus = ta.PLUS_DI(self.dataframe, timeperiod=period)
            self.dataframe[f"{name}_minus_di"] = minus = ta.MINUS_DI(self.dataframe, timeperiod=period)
            buys, sells = buys & (plus > minus), sells & (plus < minus)
        self._vote(name, buys, sells, impact_buy, impact_sell)

    def evaluate_ao(self, prefix: str = "ao", impact_buy: float = 1, impact_sell: float = 1) -> None:
        """Buy an awesome oscillator that rises by more than 0.05, sell one that falls so."""
        self.dataframe[prefix] = line = awesome_oscillator(self.dataframe)
        before = line.shift(1)
        self._vote(prefix, line > before + 0.05, line < before - 0.05, impact_buy, impact_sell)

    def evaluate_bbp(
        self, period: int = 13, prefix: str = "bbp", impact_buy: float = 1, impact_sell: float = 1
    ) -> None:
        """Buy rising bulls above a rising average, sell rising bears above a falling one."""
        name = f"{prefix}_{period}"
        self.dataframe[f"{name}_ema"] = line = ta.EMA(self.dataframe, timeperiod=period)
        self.dataframe[f"{name}_bulls"] = bulls = self.dataframe["high"] - line
        self.dataframe[f"{name}_bears"] = bears = self.dataframe["low"] - line
        buys = (line > line.shift(1)) & (bulls > bulls.shift(1))
        sells = (line < line.shift(1)) & (bears > bears.shift(1))
        self._vote(name, buys, sells, impact_buy, impact_sell)

    def _vote(
        self, name: str, buys: pd.Series, sells: pd.Series, impact_buy: float, impact_sell: float
    ) -> None:
        self.buy_weights += impact_buy
        self.sell_weights += impact_sell
        self.dataframe.loc[buys, f"buy_{name}"] = 1 * impact_buy
        self.dataframe.loc[sells, f"sell_{name}"] = 1 * impact_sell

    def _levels(
        self, name: str, line: Any, low: float, high: float, impact_buy: float, impact_sell: float
    ) -> None:
        self.dataframe[name] = line
        own = self.dataframe[name]
        self._vote(name, own < low, own > high, impact_buy, impact_sell)

    def _against(self, name: str, line: Any, field: str, impact_buy: float, impact_sell: float) -> None:
        self.dataframe[name] = line
        own, price = self.dataframe[name], self.dataframe[field]
        self._vote(name, own > price, own < price, impact_buy, impact_sell)

    def _average(
        self,
        average: Callable[..., Any],
        period: int,
        field: str,
        prefix: str,
        impact_buy: float,
        impact_sell: float,
    ) -> None:
        name = f"{prefix}_{field}_{period}"
        self.dataframe[name] = average(self.dataframe, timeperiod=period)
        own, price = self.dataframe[name], self.dataframe[field]
        self._vote(name, own < price, own > price, impact_buy, impact_sell)

    def _macd(self) -> tuple[pd.Series, pd.Series]:
        lines = ta.MACD(self.dataframe)
        for name in ("macd", "macdsignal", "macdhist"):
            self.dataframe[name] = lines[name]
        return self.dataframe["macd"], self.dataframe["macdsignal"]
