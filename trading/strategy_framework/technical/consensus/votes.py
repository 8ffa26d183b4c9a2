"""How many indicators agree: each adds its weight to buying or selling, the score is their share."""

from typing import Any

import pandas as pd

from trading.strategy_framework.qtpylib import awesome_oscillator, crossed_above
from trading.strategy_framework.technical import indicators
from trading.strategy_framework.technical.consensus.ballot import (
    Ballot,
    Sides,
    above,
    average_vote,
    outside,
    vote,
    vote_over,
)
from trading.strategy_framework.technical.functions import ta

__all__ = ["Consensus"]


# The arguments are the original's: a period or field, a prefix, and two weights.
# ruff: noqa: PLR0913, PLR0917
class Consensus(Ballot):
    """Indicators on a copy of the candles: call `evaluate_…` for each that counts, then `score`."""

    @vote_over("rsi", 14)
    def evaluate_rsi(self, column: str, period: int) -> Sides:
        """Buy below an RSI of 30, sell above 70."""
        return outside(self._keep(column, ta.RSI(self.dataframe, timeperiod=period)), 30, 70)

    @vote("stoch")
    def evaluate_stoch(self, column: str) -> Sides:
        """Buy below a fast stochastic of 20, sell above 80."""
        stochastic = ta.STOCHF(self.dataframe, 5, 3, 0, 3, 0)
        self._keep(f"{column}_fastd", stochastic["fastd"])
        return outside(self._keep(f"{column}_fastk", stochastic["fastk"]), 20, 80)

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
        line = self._keep(f"rsi_{period}", ta.RSI(self.dataframe, timeperiod=period))
        lowest, highest = line.rolling(period).min(), line.rolling(period).max()
        column = f"{prefix}_{period}"
        fast = ((line - lowest) / (highest - lowest)).rolling(smoothk).mean() * 100
        self._keep(f"{column}_fastk", fast)
        self._keep(f"{column}_fastd", fast.rolling(smoothd).mean())
        self._vote(column, outside(fast, 20, 80), impact_buy, impact_sell)

    def evaluate_macd_cross_over(
        self, prefix: str = "macd_crossover", impact_buy: float = 2, impact_sell: float = 2
    ) -> pd.DataFrame:
        """Buy where the MACD crosses its signal upwards, sell where downwards."""
        line, signal = self._macd()
        crossings = crossed_above(line, signal), crossed_above(signal, line)
        self._vote(prefix, crossings, impact_buy, impact_sell)
        return self.dataframe

    def evaluate_macd(
        self, prefix: str = "macd", impact_buy: float = 1, impact_sell: float = 1
    ) -> pd.DataFrame:
        """Buy a MACD above its signal and 0, sell one below both."""
        line, signal = self._macd()
        self._vote(prefix, _both(above(line, signal), above(line, 0)), impact_buy, impact_sell)
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
        column = f"{prefix}_{field}_{period}"
        line = self._keep(column, indicators.hull_moving_average(self.dataframe, period, field))
        self._vote(column, above(line, self.dataframe[field]), impact_buy, impact_sell)

    @vote_over("vwma", 9)
    def evaluate_vwma(self, column: str, period: int) -> Sides:
        """Buy below the average weighted by volume, sell above."""
        return above(self._keep(column, indicators.vwma(self.dataframe, period)), self.dataframe["close"])

    @average_vote("tema")
    def evaluate_tema(self, period: int) -> Any:
        """Buy above the triple exponential average, sell below."""
        return ta.TEMA(self.dataframe, timeperiod=period)

    @average_vote("ema")
    def evaluate_ema(self, period: int) -> Any:
        """Buy above the exponential average, sell below."""
        return ta.EMA(self.dataframe, timeperiod=period)

    @average_vote("sma")
    def evaluate_sma(self, period: int) -> Any:
        """Buy above the average, sell below."""
        return ta.SMA(self.dataframe, timeperiod=period)

    @vote("lag")
    def evaluate_laguerre(self, column: str) -> Sides:
        """Buy below a Laguerre RSI of 0.1, sell above 0.9."""
        return outside(self._keep(column, indicators.laguerre(self.dataframe)), 0.1, 0.9)

    @vote_over("osc", 12)
    def evaluate_osc(self, column: str, period: int) -> Sides:
        """Buy below an oscillator of 0.3, sell above 0.8."""
        return outside(self._keep(column, indicators.osc(self.dataframe, period)), 0.3, 0.8)

    @vote_over("cmf", 12)
    def evaluate_cmf(self, column: str, period: int) -> Sides:
        """Buy above a money flow of 0.5, sell below -0.5."""
        line = self._keep(column, indicators.cmf(self.dataframe, period))
        return line > 0.5, line < -0.5

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
        column = f"{prefix}_{period}"
        line = self._keep(column, ta.CCI(self.dataframe, timeperiod=period))
        self._vote(column, outside(line, buy_signal, sell_signal), impact_buy, impact_sell)

    @vote_over("cmo", 20)
    def evaluate_cmo(self, column: str, period: int) -> Sides:
        """Buy below a momentum oscillator of -50, sell above 50."""
        return outside(self._keep(column, ta.CMO(self.dataframe, timeperiod=period)), -50, 50)

    @vote("uo")
    def evaluate_ultimate_oscilator(self, column: str) -> Sides:
        """Buy below an ultimate oscillator of 30, sell above 70."""
        return outside(self._keep(column, ta.ULTOSC(self.dataframe)), 30, 70)

    @vote("williams")
    def evaluate_williams(self, column: str) -> Sides:
        """Buy below a %R of -80, sell above -20."""
        return outside(self._keep(column, indicators.williams_percent(self.dataframe)), -80, -20)

    @vote_over("momentum", 20)
    def evaluate_momentum(self, column: str, period: int) -> Sides:
        """Buy above a momentum of 100, sell below."""
        return above(self._keep(column, ta.MOM(self.dataframe, timeperiod=period)), 100)

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
        column = f"{prefix}_"
        buying, selling = (
            self._keep(f"{column}_buy", score["buy"]),
            self._keep(f"{column}_sell", score["sell"]),
        )
        sides = buying > buy_score, selling >= sell_score
        if average:
            self._vote(column, sides, impact_buy, impact_sell)
            return
        self.buy_weights += consensus.buy_weights
        self.sell_weights += consensus.sell_weights
        self._mark(column, sides, consensus.buy_weights * impact_buy, consensus.sell_weights * impact_sell)

    @vote("ichimoku")
    def evaluate_ichimoku(self, column: str) -> Sides:
        """Buy an open below the cloud, sell one above it."""
        cloud = indicators.ichimoku(self.dataframe)
        for line in ("tenkan_sen", "kijun_sen", "senkou_span_a", "senkou_span_b", "chikou_span"):
            self._keep(f"{column}_{line}", cloud[line])
        opened = self.dataframe["open"]
        return _both(above(cloud["senkou_span_a"], opened), above(cloud["senkou_span_b"], opened))

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
        column = f"{prefix}_{period}"
        is_strong = self._keep(column, ta.ADX(self.dataframe, timeperiod=period)) > trend_line
        sides: Sides = is_strong, is_strong
        if use_di:
            plus = self._keep(f"{column}_plus_di", ta.PLUS_DI(self.dataframe, timeperiod=period))
            minus = self._keep(f"{column}_minus_di", ta.MINUS_DI(self.dataframe, timeperiod=period))
            sides = _both(sides, above(plus, minus))
        self._vote(column, sides, impact_buy, impact_sell)

    @vote("ao")
    def evaluate_ao(self, column: str) -> Sides:
        """Buy an awesome oscillator that rises by more than 0.05, sell one that falls so."""
        line = self._keep(column, awesome_oscillator(self.dataframe))
        return line > line.shift(1) + 0.05, line < line.shift(1) - 0.05

    @vote_over("bbp", 13)
    def evaluate_bbp(self, column: str, period: int) -> Sides:
        """Buy rising bulls above a rising average, sell rising bears above a falling one."""
        line = self._keep(f"{column}_ema", ta.EMA(self.dataframe, timeperiod=period))
        bulls = self._keep(f"{column}_bulls", self.dataframe["high"] - line)
        bears = self._keep(f"{column}_bears", self.dataframe["low"] - line)
        rising = bulls > bulls.shift(1), bears > bears.shift(1)
        return _both(above(line, line.shift(1)), rising)

    def _macd(self) -> tuple[pd.Series, pd.Series]:
        lines = ta.MACD(self.dataframe)
        for name in ("macd", "macdsignal", "macdhist"):
            self._keep(name, lines[name])
        return self.dataframe["macd"], self.dataframe["macdsignal"]


def _both(first: Sides, second: Sides) -> Sides:
    return first[0] & second[0], first[1] & second[1]
