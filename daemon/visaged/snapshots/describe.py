"""Writes down what a snapshot shows. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from visaged.mqtt.payload import Stamp
from visaged.snapshots import estimate, record
from visaged.snapshots.levels import INVALID, Levels
from visaged.snapshots.record import Camera, Captured, Depth, FaceFacts, PackFacts, PoseFacts, Record
from visaged.snapshots.request import Request
from visaged.snapshots.triggers import Trigger
from visaged.values import Box, DepthMap, Face


@dataclass(frozen=True, slots=True)
class Origin:
    """What is the same in every snapshot of a run: the device, the camera without credentials, the model pack.

    ``focal_length_px``: 0 where it is not known.
    """

    device: str
    source: str
    focal_length_px: float
    pack: PackFacts


def describe(
    origin: Origin, request: Request, face: Face, trigger: Trigger, *, seen: DepthMap, levels: Levels
) -> Record:
    """The sidecar of one face, but for its name and its files, which are not known yet."""
    return Record(
        format=record.FORMAT,
        version=record.VERSION,
        name="",
        device=origin.device,
        trigger=trigger,
        captured=_captured(request.stamp),
        camera=Camera(
            source=origin.source,
            width=request.width,
            height=request.height,
            focal_length_px=origin.focal_length_px or None,
        ),
        pack=origin.pack,
        face=_face(face),
        depth=_depth(seen, levels),
        millimetres=estimate.millimetres(seen.scale, origin.focal_length_px, float(face.landmarks[:, 2].mean())),
        files=[],
    )


def _captured(stamp: Stamp) -> Captured:
    moment = datetime.fromtimestamp(stamp.utc, timezone.utc)
    iso = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Captured(utc=stamp.utc, iso=iso, mono=stamp.mono, boot_id=stamp.boot_id, seq=stamp.seq)


def _face(face: Face) -> FaceFacts:
    w, x, y, z = map(float, face.pose.quaternion)
    pose = PoseFacts(
        yaw=float(face.pose.yaw), pitch=float(face.pose.pitch), roll=float(face.pose.roll), quaternion=(w, x, y, z)
    )
    return FaceFacts(
        id=face.id,
        confidence=float(face.confidence),
        valid=bool(face.valid),
        reason=face.reason,
        box=_box(face.box),
        roi=_box(face.roi),
        pose=pose,
        params=face.params.tolist(),
    )


def _box(box: Box) -> Box:
    x1, y1, x2, y2 = map(float, box)
    return x1, y1, x2, y2


def _depth(seen: DepthMap, levels: Levels) -> Depth:
    height, width = seen.relative_depth.shape
    return Depth(
        width=width,
        height=height,
        left=seen.left,
        top=seen.top,
        unit="px",
        invalid=INVALID,
        scale=levels.scale,
        offset=levels.offset,
        minimum=levels.minimum,
        maximum=levels.maximum,
        formula=record.DEPTH_FORMULA,
        pixels_per_model_unit=float(seen.scale),
        model_unit=estimate.MODEL_UNIT,
        model_formula=record.MODEL_FORMULA,
    )
