"""The part of the kernel's interface to cameras that is used here.

Names, numbers and layouts are those of linux/videodev2.h and linux/v4l2-controls.h; all architectures that use the
generic ioctl numbers (x86, ARM, aarch64, RISC-V) share them.
"""

from __future__ import annotations

import ctypes
from ctypes import Structure, Union, c_char, c_int32, c_long, c_uint8, c_uint32

CAPTURE = 1
MMAP = 1
CAP_VIDEO_CAPTURE, CAP_STREAMING, CAP_DEVICE_CAPS = 0x1, 0x04000000, 0x80000000
DISCRETE = 1
BUFFER_ERROR = 0x40
TIMESTAMP_MASK, TIMESTAMP_MONOTONIC = 0xE000, 0x2000
CONTROL_DISABLED = 0x1

AUTO_GAIN, GAIN = 0x00980912, 0x00980913
EXPOSURE_AUTO, EXPOSURE_ABSOLUTE, EXPOSURE_AUTO_PRIORITY = 0x009A0901, 0x009A0902, 0x009A0903
EXPOSURE_MANUAL = 1
EXPOSURE_UNITS_PER_MS = 10


class Capability(Structure):
    _fields_ = (
        ("driver", c_char * 16),
        ("card", c_char * 32),
        ("bus_info", c_char * 32),
        ("version", c_uint32),
        ("capabilities", c_uint32),
        ("device_caps", c_uint32),
        ("reserved", c_uint32 * 3),
    )


class FormatDescription(Structure):
    _fields_ = (
        ("index", c_uint32),
        ("type", c_uint32),
        ("flags", c_uint32),
        ("description", c_uint8 * 32),
        ("pixelformat", c_char * 4),
        ("mbus_code", c_uint32),
        ("reserved", c_uint32 * 3),
    )


class FrameSize(Structure):
    """``numbers``: width and height, or least, most and step of the width, and of the height."""

    _fields_ = (
        ("index", c_uint32),
        ("pixel_format", c_char * 4),
        ("type", c_uint32),
        ("numbers", c_uint32 * 6),
        ("reserved", c_uint32 * 2),
    )


class FrameInterval(Structure):
    """``numbers``: numerator and denominator in seconds, or those of the shortest, the longest and the step."""

    _fields_ = (
        ("index", c_uint32),
        ("pixel_format", c_char * 4),
        ("width", c_uint32),
        ("height", c_uint32),
        ("type", c_uint32),
        ("numbers", c_uint32 * 6),
        ("reserved", c_uint32 * 2),
    )


class PixelFormat(Structure):
    _fields_ = (
        ("width", c_uint32),
        ("height", c_uint32),
        ("pixelformat", c_char * 4),
        ("field", c_uint32),
        ("bytesperline", c_uint32),
        ("sizeimage", c_uint32),
        ("colorspace", c_uint32),
        ("priv", c_uint32),
        ("flags", c_uint32),
        ("ycbcr_enc", c_uint32),
        ("quantization", c_uint32),
        ("xfer_func", c_uint32),
    )


class _FormatUnion(Union):
    _fields_ = (("pix", PixelFormat), ("raw", c_uint8 * 200), ("alignment", ctypes.c_void_p))


class Format(Structure):
    _fields_ = (("type", c_uint32), ("fmt", _FormatUnion))


class StreamParameters(Structure):
    """``numerator`` and ``denominator`` are seconds from frame to frame."""

    _fields_ = (
        ("type", c_uint32),
        ("capability", c_uint32),
        ("capturemode", c_uint32),
        ("numerator", c_uint32),
        ("denominator", c_uint32),
        ("rest", c_uint8 * 184),
    )


class RequestBuffers(Structure):
    _fields_ = (
        ("count", c_uint32),
        ("type", c_uint32),
        ("memory", c_uint32),
        ("capabilities", c_uint32),
        ("reserved", c_uint32),
    )


class _Memory(Union):
    _fields_ = (("offset", c_uint32), ("userptr", ctypes.c_ulong))


class Buffer(Structure):
    _fields_ = (
        ("index", c_uint32),
        ("type", c_uint32),
        ("bytesused", c_uint32),
        ("flags", c_uint32),
        ("field", c_uint32),
        ("seconds", c_long),
        ("microseconds", c_long),
        ("timecode", c_uint32 * 4),
        ("sequence", c_uint32),
        ("memory", c_uint32),
        ("m", _Memory),
        ("length", c_uint32),
        ("reserved", c_uint32 * 2),
    )


class QueryControl(Structure):
    _fields_ = (
        ("id", c_uint32),
        ("type", c_uint32),
        ("name", c_uint8 * 32),
        ("minimum", c_int32),
        ("maximum", c_int32),
        ("step", c_int32),
        ("default_value", c_int32),
        ("flags", c_uint32),
        ("reserved", c_uint32 * 2),
    )


class Control(Structure):
    _fields_ = (("id", c_uint32), ("value", c_int32))


def _number(direction: int, number: int, size: int) -> int:
    """asm-generic/ioctl.h; directions: 1 the program writes, 2 it reads, 3 both."""
    return direction << 30 | size << 16 | ord("V") << 8 | number


QUERYCAP = _number(2, 0, ctypes.sizeof(Capability))
ENUM_FMT = _number(3, 2, ctypes.sizeof(FormatDescription))
G_FMT = _number(3, 4, ctypes.sizeof(Format))
S_FMT = _number(3, 5, ctypes.sizeof(Format))
REQBUFS = _number(3, 8, ctypes.sizeof(RequestBuffers))
QUERYBUF = _number(3, 9, ctypes.sizeof(Buffer))
QBUF = _number(3, 15, ctypes.sizeof(Buffer))
DQBUF = _number(3, 17, ctypes.sizeof(Buffer))
STREAMON = _number(1, 18, 4)
G_PARM = _number(3, 21, ctypes.sizeof(StreamParameters))
S_PARM = _number(3, 22, ctypes.sizeof(StreamParameters))
S_CTRL = _number(3, 28, ctypes.sizeof(Control))
QUERYCTRL = _number(3, 36, ctypes.sizeof(QueryControl))
ENUM_FRAMESIZES = _number(3, 74, ctypes.sizeof(FrameSize))
ENUM_FRAMEINTERVALS = _number(3, 75, ctypes.sizeof(FrameInterval))
