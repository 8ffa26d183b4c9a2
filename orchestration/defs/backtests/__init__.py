"""Strategies on the history."""
