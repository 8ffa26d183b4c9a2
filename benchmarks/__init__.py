"""Benchmarks: what docs/measured.md quotes. They print figures and judge nothing."""
