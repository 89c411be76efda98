"""Kernel sources: compiled by Pythran when a compiler is there, run as they are when it is not."""
