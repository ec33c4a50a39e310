"""Finding faces: one way to run a detection network, whatever the network is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from visaged import _native
from visaged.errors import ModelError
from visaged.models import DetectorSpec
from visaged.values import Box, Detection, Image
from visaged.vision.boxes import intersection_over_union, suppress
from visaged.vision.faceboxes import FaceBoxes
from visaged.vision.roi import FARTHEST, is_croppable, side_of
from visaged.vision.session import check_input, check_output, open_session, try_out
from visaged.vision.view import View
from visaged.vision.yunet import YuNet

OVERLAP = 0.3
"""Boxes that overlap more than this (intersection over union) are one face; the best of them is kept."""

PRESENCE_SIZE = 96
"""The side in pixels at which a region is looked at again: the smallest at which YuNet still sees profiles."""

PRESENCE_THRESHOLD = 0.1

TRIAL_SIZE = (96, 64)
"""Width and height in pixels of the picture on which a network is tried out when it is opened."""

Tensor = NDArray[np.float32]


class Network(Protocol):
    """What is particular to one kind of detection network."""

    @property
    def outputs(self) -> Mapping[str, int]:
        """The outputs to fetch and the size of their last axis."""

    @property
    def mean(self) -> tuple[float, float, float]:
        """What is taken from the blue, green and red channel (0 to 255) before the network sees it."""

    @property
    def threshold(self) -> float:
        """The lowest score that is usually a face."""

    def view(self, width: int, height: int, longer_side: int) -> View:
        """How to look at a whole picture of ``width`` x ``height`` pixels."""

    def rows(self, width: int, height: int) -> Mapping[str, int]:
        """How many predictions each output holds for a ``width`` x ``height`` tensor."""

    def decode(self, outputs: list[Tensor], width: int, height: int, threshold: float) -> tuple[Tensor, Tensor]:
        """Boxes (n, 4) in pixels of a ``width`` x ``height`` tensor and scores (n,), those above ``threshold``."""

    def roi(self, box: Box) -> Box:
        """The region of interest of a box as this network draws it."""


NETWORKS: Mapping[str, type[Network]] = {"yunet": YuNet, "faceboxes": FaceBoxes}


class Detector:
    """Finds faces in a picture or in a region of it.

    ``longer_side``: the longer side of the working picture in pixels (0: what suits the network).
    ``threshold``: the lowest score that counts as a face, [0, 1] (0: what suits the network).
    """

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        input_name: str,
        network: Network,
        longer_side: int,
        threshold: float,
    ) -> None:
        self._session = session
        self._input = input_name
        self._network = network
        self._longer_side = longer_side
        self._threshold = threshold or network.threshold
        self._tensor = np.zeros((1, 3, 0, 0), np.float32)

    def detect(self, image: Image) -> list[Detection]:
        """The faces in ``image`` (height, width, 3), best first, boxes in image pixels.

        A box whose region of interest is too small or too large to be cropped is no face.
        """
        height, width = image.shape[:2]
        boxes, scores = self._look(image, self._network.view(width, height, self._longer_side), self._threshold)
        return [found for found in suppress(boxes, scores, OVERLAP) if is_croppable(self.roi(found.box))]

    def presence(self, image: Image, region: Box, face: Box) -> float:
        """The best score, [0, 1], for a face at the box ``face``, looking only at the square ``region`` around it."""
        view = View(region, PRESENCE_SIZE, PRESENCE_SIZE, PRESENCE_SIZE / side_of(region))
        boxes, scores = self._look(image, view, PRESENCE_THRESHOLD)
        found = zip(boxes.tolist(), scores.tolist(), strict=True)
        return max((score for box, score in found if intersection_over_union(box, face) > OVERLAP), default=0.0)

    def roi(self, box: Box) -> Box:
        """The region of interest to crop for a detected ``box``."""
        return self._network.roi(box)

    def _look(self, image: Image, view: View, threshold: float) -> tuple[Tensor, Tensor]:
        if self._tensor.shape[2:] != (view.height, view.width):
            self._tensor = np.zeros((1, 3, view.height, view.width), np.float32)
        _native.crop(image, view.region, self._tensor, mean=self._network.mean, scale=1.0)
        outputs = self._session.run(list(self._network.outputs), {self._input: self._tensor})
        with np.errstate(over="ignore", invalid="ignore"):  # such boxes are left out below
            boxes, scores = self._network.decode(outputs, view.width, view.height, threshold)
            boxes = boxes / np.float32(view.scale) + np.array(view.region[:2] * 2, np.float32)
        usable = (np.abs(boxes) <= FARTHEST).all(axis=1)
        return boxes[usable], scores[usable]


def open_detector(spec: DetectorSpec, longer_side: int, threshold: float, threads: int) -> Detector:
    """Open the detector of a pack.

    Raises ModelError where the network's kind is unknown, or the file is not such a network.
    """
    if spec.kind not in NETWORKS:
        raise ModelError(
            f"{spec.path}: unknown kind of detector {spec.kind!r}; this version knows {', '.join(NETWORKS)}"
        )
    network = NETWORKS[spec.kind]()
    session = open_session(spec.path, threads)
    check_input(session, spec.path, spec.input, (1, 3, None, None))
    for name, last in network.outputs.items():
        check_output(session, spec.path, name, (1, None, last))
    width, height = TRIAL_SIZE
    rows = network.rows(width, height)
    expected = {name: (1, rows[name], last) for name, last in network.outputs.items()}
    try_out(session, spec.path, (1, 3, height, width), expected)
    return Detector(session, spec.input, network, longer_side, threshold)
