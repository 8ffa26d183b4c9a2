"""freqtrade's data layout on disk: paths, formats, and writes that are whole or not there."""
