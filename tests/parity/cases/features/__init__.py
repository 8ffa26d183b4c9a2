"""The features of a backtest, one function each: what it needs, with random numbers."""

from collections.abc import Callable

from tests.parity.cases.draft import Draft
from tests.parity.cases.features import account, authors, candles, exits, leverage, orders

Feature = Callable[[Draft], None]

# Cases are drawn from this order: a new feature goes to the end.
FEATURES: dict[str, Feature] = {
    feature.__name__: feature
    for feature in (
        exits.signals,
        exits.roi,
        exits.stop,
        exits.trailing,
        exits.profit_only,
        exits.ignore_roi,
        exits.no_exit_signal,
        exits.custom_stoploss,
        exits.custom_exit,
        exits.custom_roi,
        orders.entry_price,
        orders.exit_price,
        orders.timeout,
        orders.timeouts,
        orders.adjust_orders,
        orders.confirm,
        account.custom_stake,
        account.adjust_position,
        orders.order_filled,
        account.queries,
        leverage.futures,
        leverage.leverage,
        leverage.liquidation,
        leverage.cross_margin,
        leverage.flips,
        account.slots,
        account.wallet,
        candles.detail,
        account.protections,
        candles.startup,
        candles.gaps,
        candles.raw_prices,
        orders.market_orders,
        candles.informative,
        authors.parameters,
        candles.expired,
        authors.legacy,
        authors.odd_answers,
        authors.odd_signals,
        authors.config_over_strategy,
        account.stacking,
    )
}
