"""visaged: camera frames in, head pose over MQTT out."""

import os
from importlib.metadata import version

# ONNX Runtime reports to its maker unless told not to before it is imported, and a camera must not.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__version__ = version("visaged")
