"""Typed wrappers: each checks its arguments once, whatever backend then computes."""
