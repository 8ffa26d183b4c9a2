"""Optimisation of a strategy's parameters, judged by stretches that it has not seen."""
