"""Recordings of venues, served as if they happened now.

Frames are the real ones: only their times are moved, by one constant, so that the recording starts
now. Binance's books begin with a REST snapshot: all its clients share one replay, which starts with
the simulator; at its end the connections close and it starts again. Coinbase's and Kraken's begin
with a snapshot in the stream: each client gets the recorded connection from its first frame on.
"""
