"""The process that reads a V4L2 camera: a fork server runs ``python -m`` this package. It imports nothing heavy."""
