"""The process that keeps the database: the embedded PostgreSQL, migrations and retention."""
