"""The one place where ONNX Runtime is imported, and told to keep quiet."""

from __future__ import annotations

import logging

from visaged.native_talk import kept_off_the_console

ERRORS_ONLY = 3

# Its library for processors complains about boards and containers whose /sys it does not understand, before anybody can
# tell it not to. It works all the same.
with kept_off_the_console(logging.getLogger(__name__)):
    import onnxruntime

onnxruntime.set_default_logger_severity(ERRORS_ONLY)

__all__ = ["onnxruntime"]
