"""How much a fit is to be believed: a probability from what can be checked about it.

A regressor answers every crop with a face, also a crop of a wall. Some signs that the answer is made up come from the
answer itself and cost nothing: the regressed 3x3 block is no scaled rotation, the landmarks do not fill the crop, they
are off its centre, the shape or expression is far from any that was trained. The other judge is a detector that looks
at the same region, or the network itself, where it was trained to say whether it sees a face. Both must agree: neither
can make up for what the other misses. The numbers were fitted by logistic regression (``scripts/fit_confidence.py``
prints them).
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

from visaged.values import Box
from visaged.vision.candidates import Presence
from visaged.vision.face_model import Fit
from visaged.vision.roi import centre_of, side_of


class Evidence(msgspec.Struct, frozen=True):
    """What can be checked about one fit.

    ``distortion``: natural logarithm of how far the pose block is from a scaled rotation.
    ``resize``: how much the landmarks want to resize the region, absolute natural logarithm.
    ``shift``: how far they want to move it, in sides of the region.
    ``deviation``: squared Mahalanobis distance of shape and of expression from the training mean, each over what is
    usual, the larger of the two (the training covariance taken as diagonal).
    ``presence``: the detector's last score for a face there, [0, 1]. ``disagreement``: how far its idea of eyes, nose
    and mouth is from the fit's, in sides of the region.
    """

    distortion: float
    resize: float
    shift: float
    deviation: float
    presence: float
    disagreement: float


FIT_BIAS = 0.069
PRESENCE_BIAS = -1.179
WEIGHTS = Evidence(
    distortion=-1.505, resize=-5.486, shift=-23.771, deviation=-0.604, presence=6.737, disagreement=-21.605
)

TYPICAL_DISAGREEMENT = 0.03
"""Taken where the detector has no points: the median over pictures of faces."""

USUAL_SHAPE, USUAL_EXPRESSION = 0.26, 1.28
"""Mean squared deviation that 99 of 100 portraits stay below."""

DISTORTION_RANGE = (1e-3, 1e3)
RESIZE_LIMIT = 3.0
SHIFT_LIMIT = 1.0
DEVIATION_LIMIT = 10.0


def evidence(fit: Fit, roi: Box, wanted: Box, shape_size: int, presence: Presence) -> Evidence:
    """What ``fit`` to a crop of ``roi`` says for itself.

    ``wanted`` is the region that its landmarks ask for; the first ``shape_size`` of its deviations are the shape's.
    Every value is bounded, so that one absurd number cannot outweigh all else.
    """
    (x, y), (wanted_x, wanted_y) = centre_of(roi), centre_of(wanted)
    side = side_of(roi)
    return Evidence(
        distortion=math.log(min(max(fit.distortion, DISTORTION_RANGE[0]), DISTORTION_RANGE[1])),
        resize=min(abs(math.log(max(side_of(wanted), 1e-6) / side)), RESIZE_LIMIT),
        shift=min(math.hypot(wanted_x - x, wanted_y - y) / side, SHIFT_LIMIT),
        deviation=max(
            _mean_square(fit.deviations[:shape_size]) / USUAL_SHAPE,
            _mean_square(fit.deviations[shape_size:]) / USUAL_EXPRESSION,
        ),
        presence=0.0 if presence.upside_down else presence.score,
        disagreement=TYPICAL_DISAGREEMENT if presence.disagreement is None else min(presence.disagreement, SHIFT_LIMIT),
    )


def _mean_square(deviations: NDArray[np.float32]) -> float:
    return min(float(deviations @ deviations) / len(deviations), DEVIATION_LIMIT)


def confidence(found: Evidence, presence: float | None = None) -> float:
    """The probability that the fit describes a face, times the probability that there is one; 0 where either is NaN.

    ``presence``: the latter as the network says it; None where it does not, and the detector's evidence is taken. How
    unusual the face is counts only then: what is usual was looked up for a network that makes faces up where there are
    none, and is no other's.
    """
    fit = FIT_BIAS + WEIGHTS.distortion * found.distortion + WEIGHTS.resize * found.resize + WEIGHTS.shift * found.shift
    if presence is not None:
        return _probability(fit) * _within(presence)
    there = PRESENCE_BIAS + WEIGHTS.presence * found.presence + WEIGHTS.disagreement * found.disagreement
    return _probability(fit + WEIGHTS.deviation * found.deviation) * _probability(there)


def _within(probability: float) -> float:
    """0 for what is no probability; NaN compares false."""
    return probability if 0.0 <= probability <= 1.0 else 0.0


def _probability(logit: float) -> float:
    if math.isnan(logit):
        return 0.0
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))
