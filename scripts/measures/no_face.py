"""False faces: in what share of the pictures that show none (``false_faces.pictures``) the detector finds one
(``found``), and one is judged valid (``valid``), by what they show."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from false_faces import pictures
from measures.formulas import rounded
from measures.subject import Subject


def measure(subject: Subject, data: Path) -> dict[str, Any]:
    """The shares of each kind of picture, and of all."""
    still = subject.vision.still()
    hits: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for picture in pictures(data.parent):
        faces = still.detect(picture.image)
        hits[picture.kind].append((bool(faces), any(face.valid for face in faces)))
    hits["all"] = [hit for kind in hits.values() for hit in kind]
    return {kind: _shares(found) for kind, found in hits.items()}


def _shares(hits: list[tuple[bool, bool]]) -> dict[str, Any]:
    found, valid = zip(*hits, strict=True)
    return {
        "pictures": len(hits),
        "found": rounded(sum(found) / len(hits), 5),
        "valid": rounded(sum(valid) / len(hits), 5),
    }
