"""Finding faces: one way to run a detection network, whatever the network is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from visaged import _native
from visaged.errors import ModelError
from visaged.models import DetectorSpec
from visaged.runtime import onnxruntime
from visaged.values import Box, Detection, Picture
from visaged.vision.boxes import SAME_FACE, intersection_over_union, suppress
from visaged.vision.candidates import Candidates, Presence, five_points
from visaged.vision.faceboxes import FaceBoxes
from visaged.vision.roi import FARTHEST, in_image, is_croppable, side_of
from visaged.vision.session import PLAIN, Execution, check_input, check_output, open_session, try_out
from visaged.vision.view import View
from visaged.vision.yunet import YuNet

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

    def decode(self, outputs: list[Tensor], width: int, height: int, threshold: float) -> Candidates:
        """What scores above ``threshold``, in pixels of a ``width`` x ``height`` tensor."""

    def roi(self, box: Box) -> Box:
        """The region of interest of a box as this network draws it."""


NETWORKS: Mapping[str, type[Network]] = {"yunet": YuNet, "faceboxes": FaceBoxes}


class Detector:
    """Finds faces in a picture or in a region of it.

    ``longer_side``: the longer side of the working picture in pixels (0: what suits the network).
    ``threshold``: the lowest score that counts as a face, [0, 1] (0: what suits the network). ``proposed``: the lowest
    score that is reported; what scores less than ``sure`` is a face only if something else says so, too.
    """

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        input_name: str,
        network: Network,
        longer_side: int,
        threshold: float,
        *,
        proposed: float = 1.0,
    ) -> None:
        self._session = session
        self._input = input_name
        self._network = network
        self._longer_side = longer_side
        self.sure = threshold or network.threshold
        self._proposed = min(proposed, self.sure)
        self._tensor = np.zeros((1, 3, 0, 0), np.float32)

    def at(self, threshold: float, proposed: float) -> Detector:
        """The same network with other thresholds; nothing is opened."""
        return Detector(self._session, self._input, self._network, self._longer_side, threshold, proposed=proposed)

    def wants(self, picture: Picture) -> tuple[Box, float]:
        """The region that ``detect`` looks at, all of the picture, and by how much it may be reduced."""
        view = self._network.view(picture.width, picture.height, self._longer_side)
        return view.region, 1 / view.scale

    def detect(self, picture: Picture) -> list[Detection]:
        """The faces in ``picture``, best first.

        A box whose region of interest is too small or too large to be cropped is no face.
        """
        view = self._network.view(picture.width, picture.height, self._longer_side)
        found = self._look(picture, view, self._proposed)
        return [face for face in suppress(found.boxes, found.scores, SAME_FACE) if is_croppable(self.roi(face.box))]

    def presence(self, picture: Picture, region: Box, face: Box, landmarks: Tensor, *, both_ways_up: bool) -> Presence:
        """What can be seen of the face with ``landmarks`` (68, 3) and the box ``face`` in the square ``region``.

        ``both_ways_up``: look at the region standing on its head, too. A detector finds such faces and draws their
        points as if they were upright, as the regressor does, but it scores them lower than the right way up.
        """
        view = View(region, PRESENCE_SIZE, PRESENCE_SIZE, PRESENCE_SIZE / side_of(region))
        found = self._look(picture, view, PRESENCE_THRESHOLD)
        upside_down = both_ways_up and self._best_score_of_flipped(view) > _best_score(found)
        best_first = np.argsort(-found.scores, kind="stable").tolist()
        overlaps = (i for i in best_first if intersection_over_union(found.boxes[i].tolist(), face) > SAME_FACE)
        best = next(overlaps, None)
        if best is None:
            return Presence(0.0, upside_down=upside_down)
        score = float(found.scores[best])
        if found.points is None:
            return Presence(score, upside_down=upside_down)
        distances = np.linalg.norm(found.points[best] - five_points(landmarks), axis=1)
        return Presence(score, float(distances.mean()) / side_of(region), upside_down)

    def roi(self, box: Box) -> Box:
        """The region of interest to crop for a detected ``box``."""
        return self._network.roi(box)

    def _look(self, picture: Picture, view: View, threshold: float) -> Candidates:
        if self._tensor.shape[2:] != (view.height, view.width):
            self._tensor = np.zeros((1, 3, view.height, view.width), np.float32)
        part = picture.part(view.region, 1 / view.scale)
        _native.crop(part.image, in_image(view.region, part), self._tensor, mean=self._network.mean, scale=1.0)
        return self._run(self._tensor, view, threshold)

    def _best_score_of_flipped(self, view: View) -> float:
        """Of what was looked at last, its rows in reverse."""
        flipped = np.ascontiguousarray(self._tensor[:, :, ::-1])
        return _best_score(self._run(flipped, view, PRESENCE_THRESHOLD))

    def _run(self, tensor: Tensor, view: View, threshold: float) -> Candidates:
        outputs = self._session.run(list(self._network.outputs), {self._input: tensor})
        with np.errstate(over="ignore", invalid="ignore"):  # such boxes are left out below
            found = self._network.decode(outputs, view.width, view.height, threshold)
            found = found.placed(view.scale, view.region[0], view.region[1])
        return found.chosen(np.all(np.abs(found.boxes) <= FARTHEST, axis=1))


def _best_score(found: Candidates) -> float:
    return float(found.scores.max(initial=0.0))


def open_detector(
    spec: DetectorSpec, longer_side: int, threshold: float, execution: Execution = PLAIN, *, proposed: float = 1.0
) -> Detector:
    """Open the detector of a pack; for the numbers see ``Detector``.

    Raises ModelError where the network's kind is unknown, or the file is not such a network.
    """
    if spec.kind not in NETWORKS:
        raise ModelError(
            f"{spec.path}: unknown kind of detector {spec.kind!r}; this version knows {', '.join(NETWORKS)}"
        )
    network = NETWORKS[spec.kind]()
    session = open_session(spec.path, execution)
    check_input(session, spec.path, spec.input, (1, 3, None, None))
    for name, last in network.outputs.items():
        check_output(session, spec.path, name, (1, None, last))
    width, height = TRIAL_SIZE
    rows = network.rows(width, height)
    expected = {name: (1, rows[name], last) for name, last in network.outputs.items()}
    try_out(session, spec.path, (1, 3, height, width), expected)
    return Detector(session, spec.input, network, longer_side, threshold, proposed=proposed)
