"""Kernels compiled for the compiler's default processor."""
