"""The shared vocabulary of Tidegate: pure types and functions, no I/O.

Every other room imports from here and this room imports nothing of ours. Prices and sizes are
`Decimal`, exactly as the venue sent them; times are `int` nanoseconds UTC.
"""
