"""Which kind of source an address means."""

from __future__ import annotations

from pathlib import Path

from visaged.addresses import CSI, SYNTHETIC, is_camera, is_stream, objection
from visaged.errors import SourceError
from visaged.sources.base import Source
from visaged.sources.camera import open_camera
from visaged.sources.csi import open_csi
from visaged.sources.image_folder import ImageFolder
from visaged.sources.picture import SUFFIXES
from visaged.sources.settings import CameraSettings
from visaged.sources.stream import open_stream
from visaged.sources.video_file import VideoFile
from visaged.urls import redact

ANY = CameraSettings()
"""As each source likes it."""


def open_source(uri: str, settings: CameraSettings = ANY, models_dir: Path | None = None) -> Source:
    """The source at ``uri``: a camera, ``synthetic``, an address, a folder of pictures, or a video file.

    Cameras are ``0``, ``/dev/...`` (also the stable names below ``/dev/v4l``) and ``rpicam:0``. ``settings``: of
    ``synthetic`` the size and the rate are heeded, of a folder the rate.
    ``models_dir``: where the face model of ``synthetic`` is, None for the usual places.
    ``SourceLostError`` where trying again may help, ``SourceError`` where it will not; ``ModelError`` where there is
    no face to draw.
    """
    if not uri:
        raise SourceError("no source is named; give a camera (0), a file, a folder or an address")
    if sentence := objection(uri, is_exposed=bool(settings.exposure_ms or settings.gain)):
        raise SourceError(sentence)
    if is_camera(uri):
        return _camera(uri, settings)
    if synthetic := SYNTHETIC.fullmatch(uri):
        from visaged.synthetic.camera import open_synthetic  # which is more than other sources need

        return open_synthetic(int(synthetic[1] or 0), settings.width, settings.height, settings.fps, models_dir)
    if is_stream(uri):
        return open_stream(uri, settings)
    return _of_path(Path(uri), settings.fps)


def _camera(uri: str, settings: CameraSettings) -> Source:
    if csi := CSI.fullmatch(uri):
        return open_csi(int(csi[1] or 0), settings)
    return open_camera(Path(uri if uri.startswith("/dev/") else f"/dev/video{int(uri)}"), settings)


def _of_path(path: Path, fps: float) -> Source:
    try:
        if path.is_dir():
            return ImageFolder(path, fps)
        if path.exists() and not path.is_file():
            raise SourceError(f"{path} is neither a file nor a folder")
        with path.open("rb") as stream:
            beginning = stream.read(1)
    except (OSError, ValueError) as exc:  # ValueError: a null byte in the name
        raise SourceError(_unreadable(path, exc)) from exc
    if not beginning:
        raise SourceError(f"the video {path} is empty (0 bytes)")
    if path.suffix.lower() in SUFFIXES:
        raise SourceError(f"{path} is a single picture; visaged image {path} reads one, or name its folder here")
    return VideoFile(path)


def _unreadable(path: Path, exc: Exception) -> str:
    name = redact(str(path))  # it may be an address that is misspelt
    if isinstance(exc, FileNotFoundError):
        return (
            f"there is no video, folder or camera {name}; cameras are numbers (0), /dev/video0, rpicam:0 or synthetic"
        )
    return f"cannot read {name}: {getattr(exc, 'strerror', None) or exc}"
