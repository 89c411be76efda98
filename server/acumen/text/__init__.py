"""Text to tokens, terms and vectors: what retrieval is built on."""
