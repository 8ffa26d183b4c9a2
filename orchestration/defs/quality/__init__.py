"""Checks that bad data does not pass."""
