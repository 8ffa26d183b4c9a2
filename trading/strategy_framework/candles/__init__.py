"""Frames of candles: their times, their joining, and the columns that only Tidegate adds."""
