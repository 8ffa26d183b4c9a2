"""Bar history from the venue."""
