"""Random sequences of operations against a simple model."""
