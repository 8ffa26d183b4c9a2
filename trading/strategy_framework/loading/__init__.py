"""From a strategy file to a strategy object that is ready to run, and what the file may import."""
