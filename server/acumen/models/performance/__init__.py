"""Models of running systems: bottlenecks, memory, caches, parallelism, limits."""
