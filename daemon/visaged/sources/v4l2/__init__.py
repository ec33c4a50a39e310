"""The process that reads a V4L2 camera: ``python -m visaged.sources.v4l2 PARENT``. It imports nothing heavy."""
