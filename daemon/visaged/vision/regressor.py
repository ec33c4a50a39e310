"""The regressor: a crop in, morphable-model parameters out."""

from __future__ import annotations

import math

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from visaged import _native
from visaged.errors import ModelError
from visaged.models import RegressorSpec
from visaged.values import Box, Image
from visaged.vision.session import check_input, check_output, open_session, try_out

Params = NDArray[np.float32]


class Regressor:
    """Crops a region of a picture and regresses its parameters.

    ``mean`` and ``scale``: a grey level g (0 to 255) reaches the network as (g - mean) / scale.
    """

    def __init__(self, session: onnxruntime.InferenceSession, spec: RegressorSpec) -> None:
        self._session = session
        self._outputs = [spec.output]
        self._mean = (spec.mean, spec.mean, spec.mean)
        self._scale = 1.0 / spec.scale
        self.tensor = np.zeros((1, 3, spec.size, spec.size), np.float32)
        self._feed = {spec.input: self.tensor}

    def crop(self, image: Image, roi: Box) -> None:
        """Crop, resize and normalise ``roi`` of ``image`` into ``tensor`` (1, 3, size, size)."""
        _native.crop(image, roi, self.tensor, mean=self._mean, scale=self._scale)

    def run(self) -> Params:
        """The network's answer to ``tensor``: (62,) float32 in units of standard deviations from the training mean."""
        answer: Params = self._session.run(self._outputs, self._feed)[0][0]
        return answer

    def regress(self, image: Image, roi: Box) -> Params:
        """``crop`` and ``run``."""
        self.crop(image, roi)
        return self.run()


def open_regressor(spec: RegressorSpec, threads: int) -> Regressor:
    """Open the regressor of a pack.

    Raises ModelError where its file is not a network of the shape that the pack declares.
    """
    if not (math.isfinite(spec.mean) and math.isfinite(spec.scale) and spec.scale > 0):
        raise ModelError(f"{spec.path}: its pack divides by {spec.scale} after taking {spec.mean}; import it again")
    session = open_session(spec.path, threads)
    shape = (1, 3, spec.size, spec.size)
    answer = (1, spec.pose + spec.shape + spec.expression)
    check_input(session, spec.path, spec.input, shape)
    check_output(session, spec.path, spec.output, answer)
    try_out(session, spec.path, shape, {spec.output: answer})
    return Regressor(session, spec)
