"""Run the real freqtrade: everything in this package runs under its own environment.

Nothing here is imported by Tidegate or by its tests; ``tests.parity.oracle_process`` starts
``serve.py`` with the interpreter of ``.parity/venv`` and talks to it in lines of JSON.
"""
