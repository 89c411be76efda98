"""Networks of known size for benchmarks; trained and true."""
