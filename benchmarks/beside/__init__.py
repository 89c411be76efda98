"""What inference costs while a job trains on the same machine."""
