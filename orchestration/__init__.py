"""Dagster: bar history, its quality, training, evaluation, promotion and backtests.

`definitions.py` holds policy; each concept is a folder of `defs/` and is found by itself. Modules
here must not import `annotations` from `__future__`: Dagster reads the real ones.
"""
