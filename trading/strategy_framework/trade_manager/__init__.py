"""From signals to orders and trades: one pair, one candle at a time, for backtests and the host alike.

`manager` is the step and `phases` its two halves; a `desk` holds what every step works with, a `candle`
what it is about. Entering: `entry_requests` (price, stake, leverage), then `entries`. Leaving: `exits`
(why, in which order), then `exit_orders` (at which rate), with `stops` that move. In between: `open_orders`
wait, `venues` take them, `fills` follow, `adjustments` change a position. `rules` is the arithmetic that
the fast loop compiles, `callbacks` the way into the user's strategy.
"""
