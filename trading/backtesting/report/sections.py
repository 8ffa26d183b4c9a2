"""The page's tables and tiles as HTML; every text that is not ours is escaped."""

from collections.abc import Callable, Sequence
from html import escape

from trading.backtesting.analysis.bootstrap import Interval
from trading.backtesting.analysis.performance import Performance
from trading.backtesting.analysis.tables import GroupRow, MonthRow
from trading.backtesting.report.numbers import NONE, duration, money, number, percent

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

DEFINITIONS = (
    "Returns are those of the account at the end of each UTC day, open positions marked at the last close.",
    "Sharpe: mean daily return over its standard deviation, times √365, without a risk-free rate.",
    "Sortino: mean daily return over the root of the mean of squared negative returns (all days count), "
    "times √365.",
    "CAGR: the yearly growth that gives the same result. Calmar: CAGR over the deepest drawdown.",
    "Drawdown: fall of the marked account from its peak; it lasts until a peak is reached again.",
    "Exposure: share of the time with at least one open position. Capital in use: stakes tied up over the "
    "starting balance. Turnover: value of all filled orders per year over the mean account.",
    "Intervals: 95 % of 2,000 circular block bootstraps (blocks of the cube root of the sample), seeded.",
    "Deflated Sharpe ratio (Bailey and López de Prado, 2014): the probability that the true Sharpe ratio is "
    "above zero, given the number of variants tried and the skew and tails of the returns.",
    "Buy and hold: the starting balance spread evenly over the pairs at their first open, one fee.",
    "SQN: √trades · mean profit over its standard deviation. Expectancy: mean profit of a trade; its ratio: "
    "as a multiple of the average loss.",
    "freqtrade's Sharpe, Sortino and Calmar are annualised per-trade figures of booked profits over the "
    "starting balance, and -100 where they are not defined; its drawdown knows only closed trades.",
)


def tiles(found: Performance, currency: str) -> str:
    """Return the six figures at the top."""
    hold = None if found.hold is None else found.hold.total_return
    rows = [
        ("Profit", percent(found.figures.profit_total, signed=True), _tone(found.figures.profit_total)),
        ("Buy and hold", percent(hold, signed=True), ""),
        ("Sharpe", number(found.risk.sharpe), ""),
        ("Deepest drawdown", percent(found.risk.drawdown_max), ""),
        ("Profit factor", number(found.figures.profit_factor) if found.figures.losses else NONE, ""),
        ("Trades won", f"{percent(found.figures.winrate, 0)}", ""),
    ]
    notes = [
        money(found.figures.profit_total_abs, currency, signed=True),
        "" if found.hold is None else f"drawdown {percent(found.hold.drawdown_max)}",
        _between(found.sharpe_interval),
        f"lasted {duration(found.risk.drawdown_duration_s)}",
        f"{percent(found.figures.profit_mean, signed=True)} a trade",
        f"of {found.figures.trades:,}",
    ]
    return "".join(
        f'<div class="tile"><span>{name}</span><b class="{tone}">{value}</b><span>{escape(note)}</span></div>'
        for (name, value, tone), note in zip(rows, notes, strict=True)
    )


def risk_table(found: Performance) -> str:
    """Return return and risk, with buy-and-hold beside."""
    rows = []
    shown: list[tuple[str, str, Callable[[float | None], str]]] = [
        ("Total return", "total_return", percent),
        ("CAGR", "cagr", percent),
        ("Sharpe", "sharpe", number),
        ("Sortino", "sortino", number),
        ("Calmar", "calmar", number),
        ("Volatility, yearly", "volatility", percent),
        ("Deepest drawdown", "drawdown_max", percent),
        ("Longest drawdown", "drawdown_duration_s", duration),
    ]
    for name, attribute, show in shown:
        hold = NONE if found.hold is None else show(getattr(found.hold, attribute))
        rows.append((name, show(getattr(found.risk, attribute)), hold))
    return table(("", "Strategy", "Buy and hold"), rows)


def luck_table(found: Performance) -> str:
    """Return the intervals and the deflated Sharpe ratio, and what they say."""
    rows = [
        ("Sharpe", *_interval(found.sharpe_interval, number)),
        ("Mean profit of a trade", *_interval(found.profit_mean_interval, percent)),
    ]
    html = table(("", "Found", "95 % between", "Above 0"), rows)
    return html + f'<p class="note">{escape(_verdict(found))}</p>'


def trading_table(found: Performance, currency: str) -> str:
    """Return how much was traded and how it went."""
    figures, used = found.figures, found.usage
    rows = [
        ("Trades", f"{figures.trades:,}"),
        ("Won, even, lost", f"{figures.wins:,}, {figures.draws:,}, {figures.losses:,}"),
        ("Mean profit", percent(figures.profit_mean, 3)),
        ("Expectancy", money(figures.expectancy, currency)),
        ("Held on average", duration(used.holding_mean_s)),
        ("Trades a day", number(used.trades_per_day)),
        ("Most at once", f"{used.open_trades_max:,}"),
        ("Exposure", percent(used.exposure, 1)),
        ("Capital in use", percent(used.capital_in_use, 1)),
        (
            "Turnover a year",
            NONE if used.turnover_per_year is None else f"{used.turnover_per_year:,.1f} times",
        ),
    ]
    return table(("", ""), rows, with_head=False)


def freqtrade_table(found: Performance, currency: str) -> str:
    """Return the figures that freqtrade prints, for comparison."""
    figures = found.figures
    rows = [
        ("Profit", f"{money(figures.profit_total_abs, currency)}, {percent(figures.profit_total)}"),
        ("CAGR", percent(figures.cagr)),
        ("Sharpe", number(figures.sharpe)),
        ("Sortino", number(figures.sortino)),
        ("Calmar", number(figures.calmar)),
        ("SQN", number(figures.sqn)),
        ("Profit factor", number(figures.profit_factor)),
        ("Expectancy (ratio)", f"{number(figures.expectancy)} ({number(figures.expectancy_ratio)})"),
        ("Drawdown", f"{money(figures.max_drawdown_abs, currency)}, {percent(figures.max_drawdown_account)}"),
        ("Drawdown lasted", duration(figures.drawdown_duration_s)),
    ]
    return table(("", ""), rows, with_head=False)


def group_table(title: str, rows: Sequence[GroupRow], currency: str) -> str:
    """Return one row for each pair, tag or reason, the best first."""
    head = (title, "Trades", "Won", "Mean", currency, "Of start", "Factor", "Held")
    body = [
        (
            escape(row.key) or '<span class="note">none</span>',
            f"{row.trades:,}",
            percent(row.wins / row.trades, 0),
            percent(row.profit_mean),
            f'<span class="{_tone(row.profit_abs)}">{number(row.profit_abs)}</span>',
            f'<span class="{_tone(row.profit_abs)}">{percent(row.profit_total, signed=True)}</span>',
            number(row.profit_factor),
            duration(row.holding_mean_s),
        )
        for row in rows
    ]
    return table(head, body) if body else '<p class="note">No trades.</p>'


def month_table(rows: Sequence[MonthRow]) -> str:
    """Return a line for each year with its months as a heat map, and the whole year."""
    if not rows:
        return '<p class="note">No candles.</p>'
    largest = max(1e-9, *(abs(row.change) for row in rows))
    by_place = {(row.year, row.month): row for row in rows}
    lines = []
    for year in range(rows[0].year, rows[-1].year + 1):
        own = [by_place.get((year, month)) for month in range(1, 13)]
        whole = 1.0
        for row in own:
            whole *= 1 + (row.change if row else 0.0)
        cells = "".join(_month_cell(row, largest) for row in own)
        tone = _tone(whole - 1)
        change = percent(whole - 1, 1, signed=True)
        lines.append(f'<tr><td>{year}</td>{cells}<td class="total {tone}">{change}</td></tr>')
    head = "".join(f"<th>{name}</th>" for name in ("", *MONTHS, "Year"))
    return f'<table class="months"><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table>'


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, with_head: bool = True) -> str:
    """Return a table of cells that are HTML already."""
    top = "".join(f"<th>{name}</th>" for name in head)
    body = "".join(
        "<tr>"
        + "".join(f"<td{' class=name' if not place else ''}>{cell}</td>" for place, cell in enumerate(row))
        + "</tr>"
        for row in rows
    )
    return f"<table>{f'<thead><tr>{top}</tr></thead>' if with_head else ''}<tbody>{body}</tbody></table>"


def definition_list(rows: Sequence[tuple[str, str]]) -> str:
    """Return names and values, both escaped."""
    return "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)


def _month_cell(row: MonthRow | None, largest: float) -> str:
    if row is None:
        return "<td></td>"
    wash = "--wash" if row.change >= 0 else "--wash-down"
    depth = 0.06 + 0.44 * abs(row.change) / largest
    return (
        f'<td style="background:rgba(var({wash}),{depth:.2f})">{percent(row.change, 1)}'
        f"<small>{row.trades:,}</small></td>"
    )


def _verdict(found: Performance) -> str:
    deflated = found.deflated
    if deflated is None:
        return "Too few days to judge: at least ten days with a changing account are needed."
    what = "one variant" if deflated.trials == 1 else f"the best of {deflated.trials:,} variants"
    judged = "skill is likely" if deflated.probability >= 0.95 else "luck is enough to explain it"
    by_luck = deflated.expected_by_luck * 365**0.5
    luck = f" Luck alone would show a best Sharpe ratio of {by_luck:.2f}." if deflated.trials > 1 else ""
    return (
        f"Deflated Sharpe ratio {percent(deflated.probability, 1)}: with {what} over "
        f"{deflated.observations:,} days, {judged}.{luck} If you tried more variants, it is worth less."
    )


def _interval(interval: Interval | None, show: Callable[[float | None], str]) -> tuple[str, str, str]:
    if interval is None:
        return NONE, NONE, NONE
    return (
        show(interval.value),
        f"{show(interval.low)} … {show(interval.high)}",
        percent(interval.positive_share, 0),
    )


def _between(interval: Interval | None) -> str:
    return "too few days" if interval is None else f"{interval.low:.2f} … {interval.high:.2f} (95 %)"


def _tone(value: float) -> str:
    return "up" if value > 0 else "down" if value < 0 else ""
