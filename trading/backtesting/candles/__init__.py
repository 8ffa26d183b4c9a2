"""Candles as a run reads them: one pair's columns, rows, and what a strategy may see of them."""
