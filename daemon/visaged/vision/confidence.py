"""How much a fit is to be believed: a probability from what can be checked about it.

A regressor answers every crop with a face, also a crop of a wall. Four of the signs that the answer is made up come
from the answer itself and cost nothing: the regressed 3x3 block is no scaled rotation, the landmarks do not fill the
crop, they are off its centre, the shape or expression is far from any that was trained. The fifth is a detector that
looks at the same region. ``WEIGHTS`` were fitted by logistic regression (``scripts/fit_confidence.py`` prints them).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visaged.values import Box
from visaged.vision.face_model import Fit
from visaged.vision.roi import centre_of, side_of


@dataclass(frozen=True, slots=True)
class Evidence:
    """What can be checked about one fit.

    ``distortion``: natural logarithm of how far the pose block is from a scaled rotation.
    ``resize``: how much the landmarks want to resize the region, absolute natural logarithm.
    ``shift``: how far they want to move it, in sides of the region.
    ``shape``, ``expression``: mean squared deviation of the coefficients (the squared Mahalanobis distance over its
    dimension, the training covariance taken as diagonal).
    ``presence``: the detector's last score for a face there, [0, 1].
    """

    distortion: float
    resize: float
    shift: float
    shape: float
    expression: float
    presence: float


BIAS = -2.485
WEIGHTS = Evidence(distortion=-1.498, resize=-2.172, shift=-14.175, shape=-4.123, expression=0.000, presence=1.492)

DISTORTION_RANGE = (1e-3, 1e3)
RESIZE_LIMIT = 3.0
SHIFT_LIMIT = 1.0
DEVIATION_LIMIT = 10.0


def evidence(fit: Fit, roi: Box, wanted: Box, shape_size: int, presence: float) -> Evidence:
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
        shape=_mean_square(fit.deviations[:shape_size]),
        expression=_mean_square(fit.deviations[shape_size:]),
        presence=presence,
    )


def _mean_square(deviations: NDArray[np.float32]) -> float:
    return min(float(deviations @ deviations) / len(deviations), DEVIATION_LIMIT)


def confidence(found: Evidence) -> float:
    """The probability that there is a face and the fit describes it, [0, 1]; 0 where any evidence is NaN."""
    logit = (
        BIAS
        + WEIGHTS.distortion * found.distortion
        + WEIGHTS.resize * found.resize
        + WEIGHTS.shift * found.shift
        + WEIGHTS.shape * found.shape
        + WEIGHTS.expression * found.expression
        + WEIGHTS.presence * found.presence
    )
    if math.isnan(logit):
        return 0.0
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))
