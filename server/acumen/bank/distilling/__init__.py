"""DISTILL: trajectories, good and bad, become patterns: scrubbed, abstracted, contrasted, counted."""
