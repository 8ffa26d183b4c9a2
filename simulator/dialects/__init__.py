"""The venues' public faces, sans-I/O: one package each, found by `simulator.dialects.catalog`."""
