"""Quality of the four steps on public data: one fixed configuration each, fixed seeds, every row of the goals."""
