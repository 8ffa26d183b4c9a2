"""Seeded backtest cases: a strategy file, its settings and its candles, all drawn from one seed."""
