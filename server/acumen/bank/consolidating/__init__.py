"""CONSOLIDATE: which patterns say the same, which contradict each other, which have had their time."""
