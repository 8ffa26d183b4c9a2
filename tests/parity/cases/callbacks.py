"""The methods of the generated strategies, as source text.

Each callback draws its decision from every digit it is given (``draw`` hashes its arguments), so a
difference in what one side hands over becomes a difference in the trades. With ``PARITY_TRACE``
set, each draw is written to that file: the first line that differs names the cause.
"""

HEAD = '''"""{title}"""

import os
import zlib

import numpy as np
import pandas as pd
from freqtrade.persistence import Trade
from freqtrade.strategy import (
    BooleanParameter, CategoricalParameter, DecimalParameter, IntParameter, IStrategy, RealParameter,
    informative, merge_informative_pair, stoploss_from_absolute, stoploss_from_open
)

TRACE = open(os.environ["PARITY_TRACE"], "a") if os.environ.get("PARITY_TRACE") else None


def plain(fact):
    if isinstance(fact, (bool, np.bool_)):
        return str(bool(fact))
    return str(float(fact)) if isinstance(fact, (int, float, np.number)) else str(fact)


def draw(*facts):
    """Return a number in [0, 1) that hangs on every digit of the facts."""
    text = "|".join(plain(fact) for fact in facts)
    number = zlib.crc32(text.encode()) / 2**32
    if TRACE:
        print(text, "->", number, file=TRACE, flush=True)
    return number


def about(trade):
    """Return what a callback can see of its trade."""
    return (
        trade.id, trade.pair, trade.is_short, trade.enter_tag, trade.open_date_utc, trade.open_rate,
        trade.amount, trade.stake_amount, trade.leverage, trade.stop_loss, trade.stop_loss_pct,
        trade.initial_stop_loss, trade.max_rate, trade.min_rate, trade.fee_open, trade.liquidation_price,
        trade.realized_profit, trade.nr_of_successful_entries, trade.nr_of_successful_exits,
        trade.has_open_orders, len(trade.orders), trade.funding_fees or 0.0, trade.stoploss_or_liquidation,
        trade.nr_of_successful_buys, trade.nr_of_successful_sells, trade.date_last_filled_utc,
        trade.entry_side, trade.exit_side, trade.trade_direction, trade.max_stake_amount or 0.0,
        trade.close_rate or 0.0, trade.initial_stop_loss_pct, trade.open_trade_value, trade.is_open,
    )


def pulse(dataframe, pair, salt, share):
    """Return which candles of a pair signal: the same ones however the frame is cut."""
    epoch = pd.Timestamp("2020-01-01", tz="UTC")
    number = ((dataframe["date"] - epoch) // pd.Timedelta(minutes=1)).to_numpy().astype("uint64")
    with np.errstate(over="ignore"):
        mixed = (number + np.uint64(zlib.crc32(f"{{pair}}{{salt}}".encode()))) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(40)) / 2.0**24 < share


class {name}(IStrategy):
'''

CUSTOM_STOPLOSS = """
    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit, {after_fill}**kwargs):
        chance = draw("stop", pair, current_time, current_rate, current_profit, *about(trade))
        if chance < 0.3:
            return None
        if chance < 0.45 and current_profit > 0.004:
            return stoploss_from_open(
                0.002, current_profit, is_short=trade.is_short, leverage=trade.leverage)
        if chance < 0.55:
            level = trade.open_rate * (1.02 if trade.is_short else 0.98)
            return stoploss_from_absolute(
                level, current_rate, is_short=trade.is_short, leverage=trade.leverage)
        if chance < 0.56:
            raise ValueError("a strategy that fails")
        return -{width} * (0.3 + chance)
"""

CUSTOM_EXIT = """
    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        chance = draw("exit", pair, current_time, current_rate, current_profit, *about(trade))
        if chance < 0.02:
            return "a very long reason " * (1 if chance < 0.015 else 20)
        if chance < 0.05:
            return True
        if chance < 0.06:
            raise ValueError("a strategy that fails")
        return current_profit > {profit} and "enough"
"""

CUSTOM_ROI = """
    def custom_roi(self, pair, trade, current_time, trade_duration, entry_tag, side, **kwargs):
        chance = draw("roi", pair, current_time, trade_duration, entry_tag, side, *about(trade))
        if chance < 0.4:
            return None
        return {profit} * (0.2 + chance) - (0.03 if chance > 0.97 else 0.0)
"""

CUSTOM_ENTRY_PRICE = """
    def custom_entry_price(self, pair, trade, current_time, proposed_rate, entry_tag, side, **kwargs):
        chance = draw("entry price", pair, current_time, proposed_rate, entry_tag, side)
        if chance < 0.15:
            return proposed_rate
        if chance < 0.2:
            return None
        return proposed_rate * (1 + {width} * (chance - {bias}) * (1 if side == "long" else -1))
"""

CUSTOM_EXIT_PRICE = """
    def custom_exit_price(self, pair, trade, current_time, proposed_rate, current_profit, exit_tag, **kwargs):
        chance = draw("exit price", pair, current_time, proposed_rate, current_profit, exit_tag,
                      *about(trade))
        if chance < 0.15:
            return None
        return proposed_rate * (1 + {width} * (chance - {bias}) * (-1 if trade.is_short else 1))
"""

CONFIRM_ENTRY = """
    def confirm_trade_entry(self, pair, order_type, amount, rate, time_in_force, current_time,
                            entry_tag, side, **kwargs):
        chance = draw("confirm entry", pair, order_type, amount, rate, time_in_force, current_time,
                      entry_tag, side)
        if chance < 0.02:
            raise ValueError("a strategy that fails")
        return chance < {share}
"""

CONFIRM_EXIT = """
    def confirm_trade_exit(self, pair, trade, order_type, amount, rate, time_in_force, exit_reason,
                           current_time, **kwargs):
        chance = draw("confirm exit", pair, order_type, amount, rate, time_in_force, exit_reason,
                      current_time, *about(trade))
        return chance < {share}
"""

CUSTOM_STAKE = """
    def custom_stake_amount(self, pair, current_time, current_rate, proposed_stake, min_stake, max_stake,
                            leverage, entry_tag, side, **kwargs):
        chance = draw("stake", pair, current_time, current_rate, proposed_stake, min_stake, max_stake,
                      leverage, entry_tag, side)
        if chance < 0.1:
            return min_stake
        if chance < 0.15:
            return min_stake * 0.8
        if chance < 0.2:
            return max_stake * 2
        if chance < 0.25:
            return 0
        return proposed_stake * (0.2 + chance)
"""

LEVERAGE = """
    def leverage(self, pair, current_time, current_rate, proposed_leverage, max_leverage, entry_tag, side,
                 **kwargs):
        chance = draw("leverage", pair, current_time, current_rate, proposed_leverage, max_leverage,
                      entry_tag, side)
        return {leverage} if chance < 0.6 else 1.0 + chance * {leverage}
"""

ADJUST_POSITION = """
    def adjust_trade_position(self, trade, current_time, current_rate, current_profit, min_stake, max_stake,
                              current_entry_rate, current_exit_rate, current_entry_profit,
                              current_exit_profit, **kwargs):
        chance = draw("adjust", current_time, current_rate, current_profit, min_stake, max_stake,
                      current_entry_rate, current_exit_rate, current_entry_profit, current_exit_profit,
                      *about(trade))
        if chance < {adding}:
            return trade.stake_amount * (0.3 + chance * 3)
        if chance < {adding} + 0.02:
            return min_stake or 1.0, "more"
        if chance > 1 - {reducing}:
            return -trade.stake_amount * (chance - 0.6) * 1.5, "less"
        if chance > 0.993 - {reducing}:
            return -trade.stake_amount
        return None
"""

ADJUST_ENTRY_PRICE = """
    def adjust_entry_price(self, trade, order, pair, current_time, proposed_rate, current_order_rate,
                           entry_tag, side, **kwargs):
        chance = draw("adjust entry", pair, current_time, proposed_rate, current_order_rate, entry_tag, side,
                      order.safe_remaining, *about(trade))
        if chance < 0.5:
            return current_order_rate
        return None if chance < 0.6 else proposed_rate * (1 - {width} * (chance - 0.6))
"""

ADJUST_EXIT_PRICE = """
    def adjust_exit_price(self, trade, order, pair, current_time, proposed_rate, current_order_rate,
                          entry_tag, side, **kwargs):
        chance = draw("adjust exit", pair, current_time, proposed_rate, current_order_rate, entry_tag, side,
                      *about(trade))
        if chance < 0.5:
            return current_order_rate
        return None if chance < 0.6 else proposed_rate * (1 + {width} * (chance - 0.6))
"""

ADJUST_ORDER_PRICE = """
    def adjust_order_price(self, trade, order, pair, current_time, proposed_rate, current_order_rate,
                           entry_tag, side, is_entry, **kwargs):
        chance = draw("adjust order", pair, current_time, proposed_rate, current_order_rate, entry_tag, side,
                      is_entry, *about(trade))
        if chance < 0.5:
            return current_order_rate
        return None if chance < 0.6 else proposed_rate * (1 + {width} * (chance - 0.8))
"""

TIMEOUTS = """
    def check_entry_timeout(self, pair, trade, order, current_time, **kwargs):
        return draw("entry timeout", pair, current_time, order.price, order.amount, order.side,
                    *about(trade)) < 0.15

    def check_exit_timeout(self, pair, trade, order, current_time, **kwargs):
        return draw("exit timeout", pair, current_time, order.price, order.amount, order.side,
                    *about(trade)) < 0.15
"""

ORDER_FILLED = """
    def order_filled(self, pair, trade, order, current_time, **kwargs):
        count = trade.get_custom_data("filled", default=0)
        trade.set_custom_data("filled", count + 1)
        chance = draw("filled", pair, current_time, count, order.ft_order_side, order.safe_price,
                      order.safe_amount, order.ft_order_tag, *about(trade))
        if chance < 0.05:
            raise ValueError("a strategy that fails")
"""

QUERIES = """
    def bot_loop_start(self, current_time, **kwargs):
        chance = draw(
            "loop", current_time, self.wallets.get_free(self.stake_currency),
            self.wallets.get_used(self.stake_currency), self.wallets.get_total(self.stake_currency),
            self.wallets.get_total_stake_amount(), self.wallets.get_available_stake_amount(),
            Trade.get_open_trade_count(), Trade.total_open_trades_stakes(), Trade.get_total_closed_profit(),
            *(trade.close_profit_abs for trade in Trade.get_trades_proxy(is_open=False)[-3:]),
        )
        pairs = self.dp.current_whitelist()
        if chance < 0.03:
            pair = pairs[int(chance * 1000) % len(pairs)]
            until = current_time + pd.Timedelta(minutes=int(chance * 1e5) % 300)
            self.lock_pair(pair, until=until.to_pydatetime() if hasattr(until, "to_pydatetime") else until,
                           reason="rest", side=("*", "long", "short")[int(chance * 1e4) % 3])
        elif chance > 0.98:
            self.unlock_pair(pairs[0])

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        dataframe, updated = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        last = dataframe.iloc[-1]
        chance = draw("exit", pair, current_time, len(dataframe), last["date"], last["close"], last["mean"],
                      self.is_pair_locked(pair), trade.calc_profit_ratio(current_rate * 1.01),
                      trade.calc_profit(current_rate * 0.99), current_profit)
        for other, timeframe in [*self.informative_pairs(), (pair, self.timeframe)]:
            known = self.dp.get_pair_dataframe(other, timeframe)
            draw("known", other, timeframe, len(known), known["date"].iloc[-1], known["close"].iloc[-1])
            chance = chance + (len(known) % 7) / 1000
        if chance < 0.03:
            return "asked"
"""
