"""Models of how to think about a problem."""
