"""Typed configuration: defaults, file and command line in, one frozen ``Config`` out."""

from visaged.config.dumper import dump
from visaged.config.keys import changed
from visaged.config.loader import SYSTEM_FILE, Loaded, load
from visaged.config.schema import Config

__all__ = ["SYSTEM_FILE", "Config", "Loaded", "changed", "dump", "load"]
