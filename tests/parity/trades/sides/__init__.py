"""The two sides of a scenario under the same names: freqtrade's own classes, and ours."""
