"""Smoothing that waits for frames to come: each face becomes its mean over the frames around it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from visaged.values import Face
from visaged.vision import face_state
from visaged.vision.face_model import FaceModel
from visaged.vision.face_state import FaceState
from visaged.vision.smoothing import from_state, is_steady

Item = TypeVar("Item")
States = dict[int, FaceState]


def look_ahead(
    frames: Iterable[tuple[Item, Sequence[Face]]], reach: int, model: FaceModel
) -> Iterator[tuple[Item, list[Face]]]:
    """The same frames in the same order, each face its mean over up to ``reach`` frames on either side.

    Only frames without a break count, in which the face of that id is there and valid; a face that is not passes as it
    is. Near the beginning and the end of such a stretch fewer count, on both sides as many: so a face that moves evenly
    stays where it is. Holds ``reach`` + 1 frames, and the faces of ``reach`` more.
    """
    waiting: deque[tuple[Item, Sequence[Face]]] = deque()
    before: deque[States] = deque(maxlen=reach)
    coming: deque[States] = deque()
    for item, faces in frames:
        waiting.append((item, faces))
        coming.append({face.id: face_state.state_of(face, model.size) for face in faces if is_steady(face)})
        if len(waiting) > reach:
            yield _next(waiting, before, coming, model)
    while waiting:
        yield _next(waiting, before, coming, model)


def _next(
    waiting: deque[tuple[Item, Sequence[Face]]], before: deque[States], coming: deque[States], model: FaceModel
) -> tuple[Item, list[Face]]:
    item, faces = waiting.popleft()
    now = coming.popleft()
    smoothed = [_smoothed(face, now, before, coming, model) for face in faces]
    before.appendleft(now)
    return item, smoothed


def _smoothed(face: Face, now: States, before: Iterable[States], after: Iterable[States], model: FaceModel) -> Face:
    if face.id not in now:
        return face
    window = [now[face.id]]
    for earlier, later in zip(before, after, strict=False):
        if face.id not in earlier or face.id not in later:
            break
        window += earlier[face.id], later[face.id]
    return from_state(face, face_state.mean(window), model) if len(window) > 1 else face
