"""Candles for backtests: freqtrade's data folder and configuration files, our database, plain tables.

Each source is a `CandleStore` (trading.backtesting.ports) and remembers in `remarks` what was odd in
what it gave: gaps, duplicates, disorder. What can't be used at all raises `BadCandles`.
"""
