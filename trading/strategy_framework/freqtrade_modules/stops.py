"""Stop prices as ratios of the current rate, the form that `custom_stoploss` returns."""


def stoploss_from_open(
    open_relative_stop: float,
    current_profit: float,
    is_short: bool = False,  # noqa: FBT001, FBT002  # freqtrade's signature
    leverage: float = 1.0,
) -> float:
    """Return the stop, given as a ratio of the open rate, as a ratio of the current rate.

    `open_relative_stop` above 0 is a stop in profit. Both ratios count leverage. The result is at
    least 0, and 0 when the stop lies beyond the current rate; 1 where the formula has no value.
    """
    profit = current_profit / leverage
    stop = open_relative_stop / leverage
    if is_short:
        ratio = None if profit == 1 else -1 + (1 - stop) / (1 - profit)
    else:
        ratio = None if profit == -1 else 1 - (1 + stop) / (1 + profit)
    return 1 if ratio is None else max(ratio * leverage, 0.0)


def stoploss_from_absolute(
    stop_rate: float,
    current_rate: float,
    is_short: bool = False,  # noqa: FBT001, FBT002  # freqtrade's signature
    leverage: float = 1.0,
) -> float:
    """Return the stop, given as a price, as a ratio of the current rate; at least 0.

    The result is 0 when the stop lies beyond the current rate, and 1 for a rate of 0.
    """
    if current_rate == 0:
        return 1
    distance = 1 - stop_rate / current_rate
    return max(-distance if is_short else distance, 0.0) * leverage
