"""The trading room's edges to PostgreSQL, the event log and the forecast service."""
