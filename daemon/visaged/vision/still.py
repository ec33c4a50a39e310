"""Single pictures: every face that is found or given, each judged by itself."""

from __future__ import annotations

from collections.abc import Sequence

from visaged.values import NOT_TRACKED, Box, Detection, Face, Image, Picture
from visaged.vision.candidates import Presence
from visaged.vision.detector import Detector
from visaged.vision.judge import Judge
from visaged.vision.roi import roi_from_box


class StillAnalyser:
    """Finds and fits the faces of pictures that have nothing to do with each other.

    ``max_faces``: of more faces than this the best-scored are kept.
    """

    def __init__(self, detector: Detector, judge: Judge, max_faces: int) -> None:
        self._detector = detector
        self._judge = judge
        self._max_faces = max_faces

    def detect(self, image: Image) -> list[Face]:
        """The faces of ``image``, best score first."""
        picture = Picture(image)
        found = self._detector.detect(picture)[: self._max_faces]
        faces = [self._face(picture, d, self._detector.roi(d.box)) for d in found]
        return [face for face in faces if face.valid or face.score >= self._detector.sure]

    def at_boxes(self, image: Image, boxes: Sequence[Box]) -> list[Face]:
        """The faces in given boxes (as FaceBoxes draws them), in their order."""
        return [self._face(Picture(image), Detection(box, 1.0), roi_from_box(box)) for box in boxes]

    def at_rois(self, image: Image, rois: Sequence[Box]) -> list[Face]:
        """The faces in given regions, cropped as they are, in their order."""
        return [self._face(Picture(image), Detection(roi, 1.0), roi) for roi in rois]

    def _face(self, picture: Picture, detection: Detection, roi: Box) -> Face:
        first = self._judge.look(picture, roi, Presence(detection.score))
        look = self._judge.verify(picture, first, both_ways_up=True)
        reason = self._judge.reason(picture, look)
        return self._judge.face(look, NOT_TRACKED, detection.score, detection.box, reason)
