"""The regressor: a crop in, morphable-model parameters out, and what else the network says of it."""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

from visaged import _native
from visaged.errors import ModelError
from visaged.models import RegressorSpec
from visaged.runtime import onnxruntime
from visaged.values import Box, Part
from visaged.vision.roi import in_image
from visaged.vision.session import PLAIN, Execution, check_input, check_output, open_session, try_out
from visaged.vision.signals import COUNT, Signals, signals_of

Params = NDArray[np.float32]


class Answer(msgspec.Struct, frozen=True):
    """``params`` (62,) in units of standard deviations from the training mean; ``signals``: None where the pack has
    none."""

    params: Params
    signals: Signals | None


class Regressor:
    """Crops a region of a picture and regresses its parameters.

    ``mean`` and ``scale``: a grey level g (0 to 255) reaches the network as (g - mean) / scale.
    """

    def __init__(self, session: onnxruntime.InferenceSession, spec: RegressorSpec) -> None:
        self._session = session
        self._outputs = [name for name in (spec.output, spec.signals) if name is not None]
        self._mean = (spec.mean, spec.mean, spec.mean)
        self._scale = 1.0 / spec.scale
        self.tensor = np.zeros((1, 3, spec.size, spec.size), np.float32)
        self._feed = {spec.input: self.tensor}

    def crop(self, part: Part, roi: Box) -> None:
        """Crop, resize and normalise ``roi``, a region that ``part`` shows, into ``tensor`` (1, 3, size, size)."""
        _native.crop(part.image, in_image(roi, part), self.tensor, mean=self._mean, scale=self._scale)

    def run(self) -> Answer:
        """The network's answer to ``tensor``, all of it from one run."""
        params, *signals = self._session.run(self._outputs, self._feed)
        return Answer(params[0], signals_of(signals[0][0]) if signals else None)

    def regress(self, part: Part, roi: Box, *, upside_down: bool = False) -> Answer:
        """``crop`` and ``run``; ``upside_down``: with the rows of the crop in reverse."""
        self.crop(part, roi)
        if upside_down:
            self.tensor[:] = self.tensor[:, :, ::-1].copy()
        return self.run()


def open_regressor(spec: RegressorSpec, execution: Execution = PLAIN) -> Regressor:
    """Open the regressor of a pack.

    Raises ModelError where its file is not a network of the shape that the pack declares.
    """
    if not (math.isfinite(spec.mean) and math.isfinite(spec.scale) and spec.scale > 0):
        raise ModelError(f"{spec.path}: its pack divides by {spec.scale} after taking {spec.mean}; import it again")
    session = open_session(spec.path, execution)
    shape = (1, 3, spec.size, spec.size)
    answer = {spec.output: (1, spec.pose + spec.shape + spec.expression)}
    if spec.signals is not None:
        answer[spec.signals] = (1, COUNT)
    check_input(session, spec.path, spec.input, shape)
    for name, sizes in answer.items():
        check_output(session, spec.path, name, sizes)
    try_out(session, spec.path, shape, answer)
    return Regressor(session, spec)
