"""A local exchange: speaks the public dialects of Binance, Coinbase and Kraken on 127.0.0.1.

Only the base URL changes: `https://api.binance.com/api/v3/depth` becomes
`http://127.0.0.1:8100/binance/api/v3/depth`. Prices come from a seeded model or from a recording;
they are no forecast of anything.
"""
