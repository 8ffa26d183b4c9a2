"""The commands about backtests: `tidegate backtest`, `import` and `strategies`; thin, and quick to start.

Each module imports pandas, TA-Lib and the loops only when its work begins, so that help and complaints
about arguments come at once.
"""
