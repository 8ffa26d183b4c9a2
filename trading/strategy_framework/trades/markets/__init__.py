"""A market's rules: price steps, sizes, leverage, funding and liquidation."""
