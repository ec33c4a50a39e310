"""A snapshot in words and plain values. Whatever stands in a sidecar may come from anybody, and meets a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from visaged.printable import printable
from visaged.snapshots.reader import Snapshot, condition
from visaged.snapshots.record import Record

LONGEST = 200


def facts(snapshot: Snapshot) -> dict[str, Any]:
    """The sidecar as plain values; ``coverage``, and the ``condition`` of each file, as they were found."""
    told: dict[str, Any] = msgspec.to_builtins(snapshot.record)
    for entry, file in zip(told["files"], snapshot.record.files, strict=True):
        entry["condition"] = condition(snapshot.folder, file)
    return told | {"coverage": round(snapshot.coverage, 4)}


def summary(record: Record) -> str:
    """One line: name, trigger, device, pose, size."""
    pose, face = record.face.pose, record.face
    turn = f"yaw {pose.yaw:+6.1f}  pitch {pose.pitch:+6.1f}  roll {pose.roll:+6.1f}"
    size = sum(file.size for file in record.files)
    return f"{record.name}  {_clean(record.trigger):<15}  {turn}  confidence {face.confidence:.2f}  {size / 1e3:.0f} kB"


def lines(snapshot: Snapshot) -> Iterator[str]:
    """Everything a person wants to know, with units and formulas."""
    yield snapshot.record.name
    for label, text in _rows(snapshot):
        yield f"    {label:<12}{_clean(text)}"


def _rows(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    record = snapshot.record
    captured, camera, pack = record.captured, record.camera, record.pack
    yield "captured", f"{captured.iso} by {record.device}, frame {captured.seq} of run {captured.boot_id}"
    yield "trigger", record.trigger
    yield "camera", f"{camera.source}, {camera.width} x {camera.height} pixels"
    yield from _face_rows(record)
    yield from _depth_rows(snapshot)
    yield from _millimetre_rows(record)
    yield "pack", f"{pack.name} {pack.version}{'' if pack.verified else ' (unverified)'}"
    yield "licence", pack.licence
    yield "permitted", pack.permitted_use
    for name, digest in pack.sha256.items():
        yield "", f"{name} sha256 {digest}"
    for file in record.files:
        found = condition(snapshot.folder, file).replace("_", " ")
        yield file.kind, f"{file.name}, {file.size} bytes, {found}"


def _face_rows(record: Record) -> Iterator[tuple[str, str]]:
    face, pose = record.face, record.face.pose
    state = "valid" if face.valid else f"not valid ({face.reason})"
    yield "face", f"id {face.id}, confidence {face.confidence:.3f}, {state}"
    yield "pose", f"yaw {pose.yaw:+.2f}, pitch {pose.pitch:+.2f}, roll {pose.roll:+.2f} degrees"
    yield "quaternion", "w {:.5f}, x {:.5f}, y {:.5f}, z {:.5f}".format(*pose.quaternion)
    yield "box", "{:.1f}, {:.1f} to {:.1f}, {:.1f} pixels".format(*face.box)
    yield "roi", "{:.1f}, {:.1f} to {:.1f}, {:.1f} pixels".format(*face.roi)


def _depth_rows(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    depth = snapshot.record.depth
    size = f"{depth.width} x {depth.height} pixels at {depth.left}, {depth.top}"
    yield "depth", f"{size}; {snapshot.coverage:.0%} of them face"
    yield "range", f"{depth.minimum:.3f} to {depth.maximum:.3f} {depth.unit}"
    yield "formula", depth.formula
    yield "", f"offset {depth.offset!r}, scale {depth.scale!r}"
    yield "model", f"{depth.model_formula}; {depth.pixels_per_model_unit!r} pixels per {depth.model_unit}"


def _millimetre_rows(record: Record) -> Iterator[tuple[str, str]]:
    known = record.millimetres
    if known is None:
        yield "millimetres", "not known: no focal length was configured"
        return
    yield "millimetres", f"about {known.reference_distance_mm:.0f} mm from the camera, an estimate"
    yield "", known.formula
    yield "", f"mm_per_px {known.mm_per_px!r}, reference_depth_px {known.reference_depth_px!r}"


def _clean(text: str) -> str:
    return printable(text[:LONGEST])
