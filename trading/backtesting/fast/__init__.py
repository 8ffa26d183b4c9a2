"""The fast way through a backtest: candles on which nothing can happen are skipped by compiled code.

It makes the same trades as the general loop, because it only decides which candles the trade manager
need not see; the others it steps as the general loop does. Import the parts where they are used: the
compiler behind them takes a quarter of a second to import.

`eligibility` says which runs may take it, and `choice` chooses; `loop` is the run, `scanning` a trade's way
through its pair's candles, `round_trips` books plain trades. `kernels` is the scan itself, `packing` how
its arguments cross to `machine_code`, which `compiling` makes.
"""
