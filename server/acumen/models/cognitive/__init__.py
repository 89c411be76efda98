"""Models that think a question through."""
