"""A camera of this machine (V4L2): USB cameras, and whatever else has a /dev/video."""

from __future__ import annotations

import os
from dataclasses import asdict
from functools import partial
from pathlib import Path

from visaged.sources.base import SourceLostError
from visaged.sources.child import Child
from visaged.sources.fork_server import Forked
from visaged.sources.reader import understood
from visaged.sources.settings import CameraSettings
from visaged.sources.supervised import Labelled, SupervisedCamera


def open_camera(device: Path, settings: CameraSettings) -> SupervisedCamera:
    """The camera at ``device``, which may be a stable name such as /dev/v4l/by-id/...

    ``SourceLostError`` if it is not there or may not be used now.
    """
    name = f"the camera {device}"
    if not device.exists():
        raise SourceLostError(f"there is no camera {device}; {_present()}", "gone", device.exists)
    if not os.access(device, os.R_OK | os.W_OK):
        reason = f"{name} may not be used by this user; add the user to the group video"
        raise SourceLostError(reason, "refused", device.exists)
    job = {"device": str(device), **asdict(settings)}
    child = Child(Forked("visaged.sources.v4l2", job))
    return SupervisedCamera(
        name, child, Labelled(), settings, explain=partial(understood, name), is_there=device.exists
    )


def _present() -> str:
    devices = sorted(str(device) for device in Path("/dev").glob("video*"))
    return f"this machine has {', '.join(devices)}" if devices else "this machine has no /dev/video*"
