"""The differential tests: what the real freqtrade does, digit for digit, beside what we do.

`python -m tests.parity` runs drawn `cases` as whole backtests, `cases_file` recorded ones, `collection`
the strategies of a public repository. `trades` plays single trades and accounts on both sides' classes.
`oracle` is what runs in freqtrade's interpreter; the `stored_answers` are what `make test` compares with.
"""
