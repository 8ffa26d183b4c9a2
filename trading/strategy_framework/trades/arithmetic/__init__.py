"""Exact decimal arithmetic, rounding and profit, as freqtrade computes them."""
