"""Unit tests of the kernels."""
