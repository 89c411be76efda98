"""Acumen: learned judgement beside agent swarms."""

__version__ = "0.1.0"
