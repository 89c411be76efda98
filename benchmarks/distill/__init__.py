"""How fast trajectories are distilled."""
