"""freqtrade's configuration files: reading, checking, the names in use, and pair lists."""
