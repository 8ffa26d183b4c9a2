"""The candle stores: a freqtrade data folder, our database, and tables in memory."""
