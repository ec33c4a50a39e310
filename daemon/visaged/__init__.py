"""visaged: camera frames in, head pose over MQTT out."""

from importlib.metadata import version

__version__ = version("visaged")
