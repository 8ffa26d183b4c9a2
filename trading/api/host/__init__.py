"""The live strategy host: candles and prices in, orders out, one strategy's failure is its own."""
