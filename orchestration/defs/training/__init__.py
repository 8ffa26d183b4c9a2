"""From bars to judged models."""
