"""Search in one namespace: segments of vectors and of terms, sealed and merged in the background."""
