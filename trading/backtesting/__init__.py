"""Backtests: freqtrade strategies over stored candles, trade for trade as freqtrade would run them.

BacktestError
├── BadCandles     the table can't be used; the message says which column or row, and what to do
│   └── NoCandles  nothing is stored of the pair, timeframe or time range; the message says what is
├── BadTimeRange   a time range in another notation
├── BadConfig      a configuration file that can't be read, or a value that makes no sense
├── UnknownStrategy  no file in the folders searched defines it
├── BadTerms       capital, fee or stake out of range
├── NotWritten     a result or data file that can't be written
└── ProcessEnded   a process that did part of the work was killed from outside
"""
