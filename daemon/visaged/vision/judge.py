"""One look at one region: regress it, fit the face, say how far to believe it."""

from __future__ import annotations

import math

import msgspec

from visaged.values import Box, Face, Part, Picture
from visaged.vision.boxes import fraction_inside
from visaged.vision.candidates import Presence
from visaged.vision.confidence import confidence, evidence
from visaged.vision.detector import Detector
from visaged.vision.face_model import FaceModel, Fit
from visaged.vision.openness import openness
from visaged.vision.regressor import Regressor
from visaged.vision.roi import LARGEST_SIDE, aligned, roi_around, side_of
from visaged.vision.signals import Signals

MIN_INSIDE = 0.5
"""A face of which less than this lies inside the picture is not judged valid."""

SURE = 0.5
"""A network that says a presence of so much sees a face."""

MIN_SIDE = 8.0
"""A region smaller than this, in pixels, shows no face."""


class Look(msgspec.Struct, frozen=True):
    """A fit to the region ``roi``, the region ``wanted`` by its landmarks, what is said of a face there (last by the
    detector, or by the network itself), the confidence in the fit, and all that the network says (None: nothing)."""

    roi: Box
    wanted: Box
    fit: Fit
    presence: Presence
    confidence: float
    signals: Signals | None = None


class Judge:
    """The stages from a region of a picture to a face that says how far it can be believed.

    Whether there is a face the network says itself, where it gives signals; where it does not, the detector is asked.
    ``shape_size``: how many of the coefficients are the shape's. ``min_confidence``: below it a face is not valid.
    """

    def __init__(
        self, detector: Detector, regressor: Regressor, face_model: FaceModel, shape_size: int, min_confidence: float
    ) -> None:
        self._detector = detector
        self._regressor = regressor
        self._face_model = face_model
        self._shape_size = shape_size
        self._min_confidence = min_confidence

    def at(self, detector: Detector, min_confidence: float) -> Judge:
        """The same regressor with another detector and limit."""
        return Judge(detector, self._regressor, self._face_model, self._shape_size, min_confidence)

    @property
    def size(self) -> int:
        """The side in pixels to which a region is resized."""
        return self._face_model.size

    def understands(self, other: Judge) -> bool:
        """Whether the looks of ``other`` come from the same regressor, so that they can be gone on from."""
        return self._regressor is other._regressor

    def look(self, picture: Picture, roi: Box, presence: Presence) -> Look:
        """Fit a face to ``roi``; ``presence`` is what the detector last said of a face there."""
        part = self.part(picture, roi)
        roi = aligned(roi, part)
        answer = self._regressor.regress(part, roi)
        if answer.signals is not None:
            presence = Presence(answer.signals.presence)
        return self._rate(self._face_model.fit(answer.params, roi), roi, presence, answer.signals)

    def verify(self, picture: Picture, look: Look, *, both_ways_up: bool) -> Look:
        """The same look, rated anew after the detector has looked at the region (both ways up, if asked to).

        One whose network says itself whether it sees a face is rated already; where it sees none, that network looks at
        the region standing on its head, if asked to.
        """
        if look.signals is not None:
            return self._turned_over(picture, look) if both_ways_up and look.signals.presence < SURE else look
        fit = look.fit
        presence = self._detector.presence(picture, look.roi, fit.box, fit.landmarks, both_ways_up=both_ways_up)
        return self._rate(fit, look.roi, presence, None)

    def reason(self, picture: Picture, look: Look) -> str | None:
        """Why the face of ``look`` is not valid, or None where it is."""
        if not (_is_finite(look.fit) and side_of(look.wanted) <= LARGEST_SIDE):
            return "implausible_pose"
        if fraction_inside(look.fit.box, picture.width, picture.height) < MIN_INSIDE:
            return "out_of_frame"
        if side_of(look.wanted) < MIN_SIDE:
            return "too_small"
        if look.presence.upside_down:
            return "upside_down"
        return "low_confidence" if look.confidence < self._min_confidence else None

    def face(self, look: Look, number: int, score: float, box: Box, reason: str | None) -> Face:
        """The published value of a look."""
        fit = look.fit
        valid = reason is None
        told = openness(fit, look.signals, valid=valid)
        return Face(
            number, score, box, look.roi, look.confidence, valid, reason, fit.pose, fit.landmarks, fit.params, *told
        )

    def part(self, picture: Picture, roi: Box) -> Part:
        """What is looked at of ``picture`` for a face in ``roi``: it keeps the pixels that the regressor takes."""
        return picture.part(*self.wants(roi))

    def wants(self, roi: Box) -> tuple[Box, float]:
        """The region of a picture that is looked at for a face in ``roi``, and by how much it may be reduced."""
        return roi, side_of(roi) / self.size

    def _turned_over(self, picture: Picture, look: Look) -> Look:
        """The same look, which knows whether its region shows a face that is upside down."""
        signals = self._regressor.regress(self.part(picture, look.roi), look.roi, upside_down=True).signals
        upside_down = signals is not None and signals.presence >= SURE
        return msgspec.structs.replace(look, presence=Presence(look.presence.score, upside_down=upside_down))

    def _rate(self, fit: Fit, roi: Box, presence: Presence, signals: Signals | None) -> Look:
        wanted = roi_around(fit.box)
        if not _is_finite(fit):
            return Look(roi, wanted, fit, presence, 0.0, signals)
        found = evidence(fit, roi, wanted, self._shape_size, presence)
        believed = confidence(found, signals.presence if signals is not None else None)
        return Look(roi, wanted, fit, presence, believed, signals)


def _is_finite(fit: Fit) -> bool:
    """Whether the landmarks are somewhere (else their box is NaN), and the pose is one (else its angles are)."""
    return math.isfinite(fit.pose.yaw + fit.box[0])
