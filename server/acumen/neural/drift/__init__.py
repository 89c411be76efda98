"""Drift: whether a window of inputs still looks like the inputs a model was made for; pure functions."""
