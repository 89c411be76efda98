"""Models that coordinate agents."""
