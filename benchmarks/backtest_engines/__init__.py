"""What `benchmarks.backtest` measures: one strategy and its candles, and one runner per engine."""
