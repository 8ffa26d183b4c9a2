"""The parameters that an optimiser may change, and where their values come from."""
