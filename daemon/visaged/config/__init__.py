"""Typed configuration: defaults, files, what came from afar and command line in, one frozen ``Config`` out."""

from visaged.config.dumper import dump
from visaged.config.keys import changed
from visaged.config.layers import SYSTEM_FILE
from visaged.config.loader import Loaded, load
from visaged.config.problems import InvalidConfigError, Problem
from visaged.config.remote import Patch, read_patch
from visaged.config.schema import Config

__all__ = [
    "SYSTEM_FILE",
    "Config",
    "InvalidConfigError",
    "Loaded",
    "Patch",
    "Problem",
    "changed",
    "dump",
    "load",
    "read_patch",
]
