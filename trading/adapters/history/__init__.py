"""Candles of the past from exchanges, through ccxt, into freqtrade's layout and our table of bars.

HistoryError
├── UnknownVenue       ccxt has no exchange of this name, or it gives no candles
├── UnknownSymbol      the exchange does not list the pair
└── VenueUnavailable   the exchange did not answer, after several tries
"""
