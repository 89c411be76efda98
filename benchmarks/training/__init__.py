"""Training steps against PyTorch's."""
