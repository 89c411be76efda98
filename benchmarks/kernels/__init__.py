"""Kernels against NumPy, ONNX Runtime, plain Python and the machine's own peaks."""
