"""The server beside an echo server: what serving costs over what gRPC costs."""
