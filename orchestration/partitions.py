"""How assets are cut: by the symbols that models are trained for."""

import dagster as dg

SYMBOLS = dg.StaticPartitionsDefinition(["BTC/USDT", "ETH/USDT"])
