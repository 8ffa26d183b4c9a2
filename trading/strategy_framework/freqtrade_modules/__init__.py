"""What strategy files import from freqtrade's smaller modules, under freqtrade's names."""
