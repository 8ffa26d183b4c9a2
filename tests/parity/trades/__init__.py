"""The differential test of trades: seeded scenarios through the real freqtrade's classes and through ours.

`scenarios` draws what happens, as plain JSON. `play` does it and notes what can be seen after each step.
`sides` are the two whom it is done to: `here`, and `in_freqtrade` in an interpreter of its own.
"""
