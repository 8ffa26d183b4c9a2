"""Callbacks that answer what they should not: nothing, zero, infinity, no number, far too much."""

ODD = (
    """
    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit, after_fill, **kwargs):
        chance = draw("stop", pair, current_time, current_rate, current_profit, *about(trade))
        return odd(chance, -0.01, 0.02, 0, -0.0, float("nan"), float("inf"), -1.5, np.float64(-0.004))
""",
    """
    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        chance = draw("exit", pair, current_time, current_rate, current_profit, *about(trade))
        return odd(chance * 8, "", 0, 1, np.bool_(True), 0.5, None)
""",
    """
    def custom_roi(self, pair, trade, current_time, trade_duration, entry_tag, side, **kwargs):
        chance = draw("roi", pair, current_time, trade_duration, entry_tag, side, *about(trade))
        return odd(chance, 0, 0.01, -0.01, float("nan"), float("inf"), float("-inf"), np.float64(0.004))
""",
    """
    def custom_entry_price(self, pair, trade, current_time, proposed_rate, entry_tag, side, **kwargs):
        chance = draw("entry price", pair, current_time, proposed_rate, entry_tag, side)
        return odd(chance, proposed_rate * 0.999, proposed_rate * 3, np.float64(proposed_rate * 1.0001))
""",
    """
    def custom_exit_price(self, pair, trade, current_time, proposed_rate, current_profit, exit_tag, **kwargs):
        chance = draw("exit price", pair, current_time, proposed_rate, current_profit, exit_tag)
        return odd(chance, proposed_rate * 3, 0, proposed_rate * 1.002, np.float64(proposed_rate * 0.5))
""",
    """
    def confirm_trade_entry(self, pair, order_type, amount, rate, time_in_force, current_time,
                            entry_tag, side, **kwargs):
        chance = draw("confirm", pair, amount, rate, current_time)
        return odd(chance * 2, None, 0, "yes", np.bool_(False), True)
""",
    """
    def confirm_trade_exit(self, pair, trade, order_type, amount, rate, time_in_force, exit_reason,
                           current_time, **kwargs):
        chance = draw("confirm", pair, amount, rate, exit_reason, current_time)
        return odd(chance * 2, None, 0, "yes", np.bool_(False), True)
""",
    """
    def custom_stake_amount(self, pair, current_time, current_rate, proposed_stake, min_stake, max_stake,
                            leverage, entry_tag, side, **kwargs):
        chance = draw("stake", pair, current_time, current_rate, proposed_stake, min_stake, max_stake)
        return odd(chance, 0, None, -5.0, 1e9, 0.0001, np.float64(proposed_stake / 3), 20)
""",
    """
    def leverage(self, pair, current_time, current_rate, proposed_leverage, max_leverage, entry_tag, side,
                 **kwargs):
        return odd(draw("leverage", pair, current_time, max_leverage), 0, 0.3, 1000, 2, np.float64(3), 1.37)
""",
    """
    def adjust_trade_position(self, trade, current_time, current_rate, current_profit, min_stake, max_stake,
                              current_entry_rate, current_exit_rate, current_entry_profit,
                              current_exit_profit, **kwargs):
        chance = draw("adjust", current_time, current_rate, current_profit, min_stake, max_stake)
        return odd(chance * 4, 0, None, 1e9, -1e9, -0.0001, (25.0, None), (-10.0, ""), (None, "x"))
""",
    """
    def check_entry_timeout(self, pair, trade, order, current_time, **kwargs):
        return odd(draw("timeout", pair, current_time) * 2, None, 0, 1, "", np.bool_(True))
""",
)

CHOOSING = '''

def odd(chance, *answers):
    """Return one of the answers by chance; beyond 1 nothing."""
    return answers[int(chance * len(answers))] if chance < 1 else None


class '''
