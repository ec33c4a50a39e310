"""Exposure, gain and whether light goes before rate: set as asked, left to the camera where nothing is."""

from __future__ import annotations

from typing import NamedTuple

from visaged.sources.faults import ReaderError
from visaged.sources.settings import CameraSettings
from visaged.sources.v4l2 import abi
from visaged.sources.v4l2.device import Device


class _Wish(NamedTuple):
    """A key that is set to ``asked``; ``units`` of the control are one of the key's."""

    key: str
    asked: float
    control: int
    units: int


def set_controls(device: Device, name: str, settings: CameraSettings) -> None:
    """ReaderError names the range where the camera does not offer what ``settings`` ask for."""
    if settings.exposure_ms:
        device.set_control(abi.EXPOSURE_AUTO, abi.EXPOSURE_MANUAL)
        wish = _Wish("source.exposure_ms", settings.exposure_ms, abi.EXPOSURE_ABSOLUTE, abi.EXPOSURE_UNITS_PER_MS)
        _fulfil(device, name, wish)
    else:
        _reset(device, abi.EXPOSURE_AUTO)
    if settings.fps:
        device.set_control(abi.EXPOSURE_AUTO_PRIORITY, 0)  # else many cameras halve their rate in the dark
    else:
        _reset(device, abi.EXPOSURE_AUTO_PRIORITY)
    if settings.gain:
        device.set_control(abi.AUTO_GAIN, 0)
        _fulfil(device, name, _Wish("source.gain", settings.gain, abi.GAIN, 1))
    else:
        _reset(device, abi.AUTO_GAIN)


def _fulfil(device: Device, name: str, wish: _Wish) -> None:
    offered = device.control(wish.control)
    if offered is None:
        raise ReaderError("unsupported", f"{name} has nothing that {wish.key} could set; make it 0")
    value = round(wish.asked * wish.units)
    if not offered.minimum <= value <= offered.maximum or not device.set_control(wish.control, value):
        between = f"{offered.minimum / wish.units:g} and {offered.maximum / wish.units:g}"
        raise ReaderError("unsupported", f"{name} cannot set {wish.key} to {wish.asked:g}, only between {between}")


def _reset(device: Device, control: int) -> None:
    """Undo what a program before us has set."""
    offered = device.control(control)
    if offered is not None:
        device.set_control(control, offered.default_value)
