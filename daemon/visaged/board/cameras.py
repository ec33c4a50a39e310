"""The cameras that the kernel knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from visaged.board import files

CLASS = Path("sys/class/video4linux")
LINKS = (Path("dev/v4l/by-id"), Path("dev/v4l/by-path"))


@dataclass(frozen=True, slots=True)
class Camera:
    """A video device: its path, what its driver calls it, and a path that stays when others are plugged in."""

    device: str
    name: str | None
    stable: str | None


def read_cameras(root: Path) -> tuple[Camera, ...]:
    """All ``/dev/video*``, decoders and the like included: only opening one tells whether it gives pictures."""
    devices = sorted((root / "dev").glob("video[0-9]*"), key=lambda device: (len(device.name), device.name))
    links = [link for folder in LINKS if (root / folder).is_dir() for link in sorted((root / folder).iterdir())]
    return tuple(_camera(root, device, links) for device in devices)


def _camera(root: Path, device: Path, links: list[Path]) -> Camera:
    stable = next((link for link in links if link.resolve() == device.resolve()), None)
    return Camera(
        device=f"/dev/{device.name}",
        name=files.text(root / CLASS / device.name / "name"),
        stable=f"/{stable.relative_to(root)}" if stable else None,
    )
