"""Write a draft out as the source of a freqtrade strategy."""

from tests.parity.cases.callbacks import HEAD
from tests.parity.cases.draft import Draft
from tests.parity.cases.odd_callbacks import CHOOSING

MODERN = """
    def populate_indicators(self, dataframe, metadata):
        dataframe["mean"] = dataframe["close"].rolling(5).mean()
        {indicators}return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        pair = metadata["pair"]
        long, short = pulse(dataframe, pair, "long", {entry}), pulse(dataframe, pair, "short", {entry})
        {parameters}dataframe.loc[long, ["enter_long", "enter_tag"]] = (1, "up")
        {enter_short}above = dataframe["close"] > dataframe["mean"]
        dataframe.loc[long & above, "enter_tag"] = "up & above"
        {odd_entries}return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        pair = metadata["pair"]
        long, short = pulse(dataframe, pair, "end", {exit}), pulse(dataframe, pair, "end short", {exit})
        dataframe.loc[long, "exit_long"] = 1
        {exit_short}{exit_tag}{odd_exits}return dataframe
"""

LEGACY = """
    def populate_indicators(self, dataframe, metadata):
        dataframe["mean"] = dataframe["close"].rolling(5).mean()
        {indicators}return dataframe

    def populate_buy_trend(self, dataframe, metadata):
        long = pulse(dataframe, metadata["pair"], "long", {entry})
        dataframe.loc[long, "buy"] = 1
        {buy_tag}return dataframe

    def populate_sell_trend(self, dataframe, metadata):
        dataframe.loc[pulse(dataframe, metadata["pair"], "end", {exit}), "sell"] = 1
        return dataframe
"""

INFORMATIVE = """
    def informative_pairs(self):
        return [(pair, "{coarse}") for pair in self.dp.current_whitelist()]

    @informative("{coarse}")
    def populate_indicators_coarse(self, dataframe, metadata):
        dataframe["mean"] = dataframe["close"].rolling(3).mean()
        return dataframe

    @informative("{coarse}", "{first}", "{{base}}_{{column}}")
    def populate_indicators_first(self, dataframe, metadata):
        dataframe["range"] = dataframe["high"] / dataframe["low"]
        return dataframe
"""

PARAMETERS = """
    window = IntParameter(2, 12, default=5, space="buy")
    share = DecimalParameter(0.01, 0.2, decimals=3, default=0.06, space="buy")
    exit_share = RealParameter(0.01, 0.2, default=0.05, space="sell")
    side = CategoricalParameter(["both", "above", "below"], default="both", space="buy")
    strict = BooleanParameter(default=False, space="buy", optimize=False)
"""

USE_PARAMETERS = """mean = dataframe["close"].rolling(self.window.value).mean()
        long = pulse(dataframe, pair, "long", self.share.value * self.window.value)
        if self.side.value != "both":
            long &= (dataframe["close"] > mean) == (self.side.value == "above")
        if self.strict.value:
            long &= mean.diff() > 0
        """

ODD_SIGNALS = """dataframe.loc[long & (dataframe["volume"] > 500), "{column}"] = 2
        dataframe.loc[long & (dataframe["volume"] < 200), "{column}"] = np.nan
        dataframe["{column}"] = dataframe["{column}"].astype({dtype})
        """

USE_INFORMATIVE = """coarse = self.dp.get_pair_dataframe(metadata["pair"], "{coarse}")
        coarse["spread"] = coarse["high"] - coarse["low"]
        dataframe = merge_informative_pair(
            dataframe, coarse, self.timeframe, "{coarse}", ffill=True, append_timeframe=False, suffix="inf")
        dataframe["mean"] = (dataframe["mean"] + dataframe["mean_{coarse}"].fillna(0)) / 2
        dataframe["mean"] = dataframe["mean"] + dataframe["spread_inf"].fillna(0)
        dataframe["mean"] = dataframe["mean"] * dataframe["{base}_range"].fillna(1)
        """

COARSE = {"5m": "15m", "15m": "1h", "1h": "4h", "4h": "1d", "1d": "3d"}

LEGACY_NAMES = {
    "def custom_exit(": "def custom_sell(",
    "def check_entry_timeout(": "def check_buy_timeout(",
    "def check_exit_timeout(": "def check_sell_timeout(",
}


def strategy_source(draft: Draft, name: str, title: str, first_pair: str) -> str:
    """Return the text of a strategy file whose class is ``name``."""
    draw = draft.draw
    coarse = COARSE[draft.timeframe]
    base = first_pair.partition("/")[0].lower()
    body = (LEGACY if draft.legacy else MODERN).format(
        indicators=USE_INFORMATIVE.format(coarse=coarse, base=base) if draft.informative else "",
        odd_entries=_odd(draft, "enter_long"),
        odd_exits=_odd(draft, "exit_long"),
        parameters=USE_PARAMETERS if draft.parameters else "",
        entry=draft.entry_share,
        exit=draft.exit_share,
        enter_short=(
            'dataframe.loc[short, ["enter_short", "enter_tag"]] = (1, "down")\n        '
            if draft.futures
            else ""
        ),
        exit_short='dataframe.loc[short, "exit_short"] = 1\n        ' if draft.futures else "",
        exit_tag='dataframe.loc[long, "exit_tag"] = "over"\n        ' if draw.random() < 0.4 else "",
        buy_tag='dataframe.loc[long, "buy_tag"] = "up"\n        ' if draw.random() < 0.5 else "",
    )
    attributes = {"INTERFACE_VERSION": 2 if draft.legacy else 3, "timeframe": draft.timeframe}
    attributes |= {"minimal_roi": {}, "stoploss": -0.2} | draft.attributes
    lines = "".join(f"    {key} = {value!r}\n" for key, value in attributes.items())
    methods = "".join(draft.methods)
    if draft.informative:
        methods += INFORMATIVE.format(coarse=coarse, first=first_pair)
    if draft.legacy:
        for new, old in LEGACY_NAMES.items():
            methods = methods.replace(new, old)
    parameters = PARAMETERS if draft.parameters else ""
    head = HEAD.format(title=title, name=name)
    if "odd(" in methods:
        head = head.replace("\n\nclass ", CHOOSING)
    return head + lines + parameters + body + methods


def _odd(draft: Draft, column: str) -> str:
    if not draft.odd_signals or draft.legacy:
        return ""
    return ODD_SIGNALS.format(column=column, dtype=draft.draw.choice(["object", "float", "'Float64'"]))
