"""The framework that all models share; it knows none of them."""
