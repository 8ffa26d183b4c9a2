"""The gate between a model and its service."""
