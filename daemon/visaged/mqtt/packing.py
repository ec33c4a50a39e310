"""Landmarks, and which of them are hidden, as JSON and CBOR carry them."""

from __future__ import annotations

from typing import Any

import numpy as np


def points_as_floats(points: np.ndarray[Any, Any]) -> list[list[float]]:
    """(68, 3) coordinates in pixels, to hundredths."""
    rounded: list[list[float]] = (np.round(points.astype(np.float64), 2) + 0.0).tolist()
    return rounded


def points_as_quarters(points: np.ndarray[Any, Any]) -> bytes:
    """(68, 3) coordinates as little-endian int16 in quarter pixels, clamped to what that holds."""
    return np.clip(np.rint(points * 4.0), -32768 + 1, 32767).astype("<i2").tobytes()


def bits_as_bytes(truths: np.ndarray[Any, Any]) -> bytes:
    """Truth i as bit i, the lowest byte first."""
    return np.packbits(truths, bitorder="little").tobytes()


def bits_as_digits(truths: np.ndarray[Any, Any]) -> str:
    """The same number in hexadecimal: 17 digits for 68 truths."""
    return f"{int.from_bytes(bits_as_bytes(truths), 'little'):017x}"
