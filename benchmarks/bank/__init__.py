"""The ReasoningBank in process and over the wire: cost as it grows, with recall beside every latency."""
