"""Market data on its way in: exchanges, collectors, recordings and the flows behind them."""
