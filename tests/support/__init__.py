"""Real servers for the tests: an embedded PostgreSQL and a Kafka-protocol broker."""
