"""The seeded market: prices, trades and bars as functions of time, and a live book on top.

Trades of a minute are a pure function of (seed, pace, symbol, venue, minute). That is why a bar asked
for tomorrow equals the trades that are sent today, and why a restart changes no history.
"""
