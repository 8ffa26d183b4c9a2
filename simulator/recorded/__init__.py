"""Recordings of Binance's markets, served as if they happened now.

Frames are the real ones: only their times are moved, by one constant, so that the recording starts
when the simulator does. At its end the connections close and it starts again.
"""
