"""What is on disk: the journal and the recorded predictions, in one SQLite file."""
