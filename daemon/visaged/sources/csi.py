"""A camera on the Raspberry Pi's ribbon cable, by the system's own program rpicam-vid.

It writes YUV 4:2:0 as the image processor makes it: nothing is encoded, and every picture has the same size.
"""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from visaged.printable import printable
from visaged.sources.base import SourceLostError
from visaged.sources.child import Child
from visaged.sources.faults import Trouble
from visaged.sources.fork_server import Forked
from visaged.sources.reader import understood
from visaged.sources.settings import CameraSettings
from visaged.sources.supervised import SupervisedCamera, Unlabelled

PROGRAMS = ("rpicam-vid", "libcamera-vid")
"""The newer name first."""

HOW_TO_GET_IT = "apt install rpicam-apps-lite"

IN_USE = "failed to acquire camera"
"""The program's words for a camera that another one reads."""

WIDTH, HEIGHT, FPS = 1280, 720, 30.0
"""Where none are asked for; the image processor scales for nothing."""

WIDTH_STEP = 128
"""Rows of other widths have gaps, as large as the board likes (libcamera aligns planes of colour to 64 bytes)."""

LEAST_FPS = 0.2
"""What comes more slowly cannot be told from a camera that hangs, as the watchdog has no patience for more."""


def program() -> str | None:
    """The program that reads these cameras, None where it is not installed."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def open_csi(number: int, settings: CameraSettings) -> SupervisedCamera:
    """Camera ``number`` of those that ``rpicam-hello --list-cameras`` lists.

    ``SourceLostError`` if there is no program to read it, or the size or the rate cannot be had.
    """
    name = f"the camera rpicam:{number}"
    reader = program()
    if reader is None:
        raise SourceLostError(f"{name} needs rpicam-vid, which is not installed; {HOW_TO_GET_IT}", "gone")
    width, height = settings.width or WIDTH, settings.height or HEIGHT
    if width % WIDTH_STEP or height % 2:
        reason = f"{name} gives widths that are multiples of {WIDTH_STEP} (640, 1280) and even heights, not "
        raise SourceLostError(f"{reason}{width} x {height}; change source.width and source.height", "unsupported")
    fps = settings.fps or FPS
    if fps < LEAST_FPS:
        reason = f"{name} gives at least {LEAST_FPS:g} pictures a second, not {fps:g}"
        raise SourceLostError(f"{reason}; change source.fps", "unsupported")
    command = [str(Path(reader).absolute()), *_options(number, settings, width, height, fps)]
    child = Child(Forked("visaged.sources.program", {"command": command}))
    return SupervisedCamera(name, child, Unlabelled(width, height, fps), settings, explain=partial(_explain, name))


def _options(number: int, settings: CameraSettings, width: int, height: int, fps: float) -> list[str]:
    options = {"camera": number, "width": width, "height": height, "framerate": f"{fps:g}", "codec": "yuv420"}
    if settings.exposure_ms:
        options["shutter"] = round(settings.exposure_ms * 1000)
    if settings.gain:
        options["gain"] = f"{settings.gain:g}"
    options |= {"timeout": 0, "verbose": 0, "output": "-"}
    pairs = (word for name, value in options.items() for word in (f"--{name}", str(value)))
    return [*pairs, "--nopreview", "--flush"]


def _explain(name: str, words: str) -> Trouble:
    """The last thing that the program said, which is where it names what is wrong."""
    trouble = understood(name, words)
    if trouble.fault == "refused":  # it could not even be started
        return trouble
    last = printable(words.splitlines()[-1].strip()) if words else "it says nothing"
    if IN_USE in last:
        return Trouble("refused", f"{name} is in use by another program; end that one")
    return Trouble("ended", f"rpicam-vid, which reads {name}, has ended: {last[:200]}")
