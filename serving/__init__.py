"""Forecasts: features, models, training, evaluation, and the service that answers with a version.

The only room that knows torch and BentoML. Everything here but `bar_store`, `model_store`,
`forecast_log` and the service itself is pure: arrays in, arrays out.
"""
