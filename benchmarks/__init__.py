"""Measurements: ratios within one run, alternating, with n, level and commit, written as JSON to `results/`."""
