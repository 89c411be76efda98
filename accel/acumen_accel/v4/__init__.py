"""Kernels compiled for x86-64-v4."""
