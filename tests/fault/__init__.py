"""What is on disk after damage and sudden death."""
