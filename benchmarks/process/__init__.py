"""Starting, and what a worker holds."""
