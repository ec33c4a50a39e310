"""Fits the numbers of ``visaged.vision.confidence`` and prints them.

What is learned from: pictures of faces (folders and videos given on the command line; those for training beside the
checkout are free to learn from, those for evaluation are not) and what is made from them. Good: the tracked region,
regions that are off by as much as tracking is, and the face blurred or dark where the fit stays what it was. Bad: where
it does not, regions beside the face, faces painted over or turned on their side or head, noise, black.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import islice

import cv2
import numpy as np
from msgspec.structs import astuple, fields

from visaged.assembly import open_vision
from visaged.config import load
from visaged.sources.opener import open_source
from visaged.values import Box, Image, Picture
from visaged.vision.candidates import Presence
from visaged.vision.confidence import Evidence, evidence
from visaged.vision.judge import Judge
from visaged.vision.roi import side_of

LONGEST_SIDE = 640
SETTLING_LOOKS = 3
SIGNS = np.array(astuple(Evidence(distortion=-1, resize=-1, shift=-1, deviation=-1, presence=1, disagreement=-1)))
OWNERS = np.array([[1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1]])
"""What each piece of evidence must say, and which factor it belongs to: the fit's or the presence's."""

STILL_GOOD, ALREADY_BAD = 0.05, 0.1
"""Mean distance of landmarks to those of the clean picture, in sides of the region."""

RIDGE, RATE, STEPS = 3e-3, 2.0, 10_000
"""How strongly small weights are preferred: the classes can be told apart so well that nothing else bounds them."""


def main() -> None:
    """Read pictures, gather evidence, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="+", help="folders of pictures with faces, and videos")
    parser.add_argument("--every", type=int, default=3, help="use every n-th picture or frame")
    parser.add_argument("--set", action="append", default=[], dest="sets", metavar="KEY=VALUE")
    args = parser.parse_args()
    vision = open_vision(load(None, args.sets).config)
    gatherer = Gatherer(vision.judge, vision.pack.regressor.shape if vision.pack.regressor else 0)
    for image in _pictures(args.sources, args.every):
        for found in vision.detector.detect(Picture(image))[:1]:
            gatherer.add(image, vision.detector.roi(found.box), found.score)
    _report(np.array(gatherer.good), np.array(gatherer.bad))


class Gatherer:
    """Collects the evidence of good and bad regions."""

    def __init__(self, judge: Judge, shape_size: int) -> None:
        self._judge = judge
        self._shape_size = shape_size
        self._random = np.random.default_rng(0)
        self.good: list[tuple[float, ...]] = []
        self.bad: list[tuple[float, ...]] = []

    def add(self, image: Image, roi: Box, score: float) -> None:
        """Add one face, first seen at ``roi``, and all that is made from it."""
        for _ in range(SETTLING_LOOKS):
            roi = self._judge.look(Picture(image), roi, Presence(score)).wanted
        known = self._judge.look(Picture(image), roi, Presence(score)).fit.landmarks
        self.good += [self._evidence(image, region)[0] for region in (roi, self._moved(roi, 0.0, 0.12))]
        for picture in self._worsened(image, side_of(roi)):
            found, landmarks = self._evidence(picture, roi)
            error = np.linalg.norm(landmarks - known, axis=1).mean() / side_of(roi)
            if not STILL_GOOD < error < ALREADY_BAD:
                (self.good if error <= STILL_GOOD else self.bad).append(found)
        self.bad += [self._evidence(picture, region)[0] for picture, region in self._spoilt(image, roi)]

    def _evidence(self, image: Image, roi: Box) -> tuple[tuple[float, ...], np.ndarray]:
        picture = Picture(image)
        look = self._judge.verify(picture, self._judge.look(picture, roi, Presence(0.0)), both_ways_up=False)
        return astuple(evidence(look.fit, roi, look.wanted, self._shape_size, look.presence)), look.fit.landmarks

    def _moved(self, roi: Box, least: float, most: float) -> Box:
        """``roi`` moved in any direction by so many of its sides."""
        angle, way = self._random.uniform(0, 2 * np.pi), self._random.uniform(least, most) * side_of(roi)
        x, y = way * np.cos(angle), way * np.sin(angle)
        return roi[0] + x, roi[1] + y, roi[2] + x, roi[3] + y

    def _worsened(self, image: Image, side: float) -> Iterator[Image]:
        """As a cheap camera sees a face that is far away, or at night."""
        yield cv2.GaussianBlur(image, (0, 0), side * self._random.uniform(0.01, 0.04))
        dark = image * self._random.uniform(0.1, 0.4) + self._random.normal(0, 6, image.shape)
        yield dark.clip(0, 255).astype(np.uint8)

    def _spoilt(self, image: Image, roi: Box) -> Iterator[tuple[Image, Box]]:
        yield image, self._moved(roi, 0.7, 1.5)
        yield image, self._moved(roi, 0.7, 1.5)
        yield from ((turned, roi) for turned in _turned(image, roi))
        colour = tuple(int(v) for v in self._random.integers(0, 256, 3))
        corners = [round(v) for v in roi]
        yield cv2.rectangle(image.copy(), corners[:2], corners[2:], colour, -1), roi
        noise = self._random.normal(110, 50, image.shape).clip(0, 255).astype(np.uint8)
        yield cv2.GaussianBlur(noise, (0, 0), float(self._random.uniform(0.5, 8))), roi
        yield np.zeros_like(image), roi


def _pictures(uris: list[str], every: int) -> Iterator[Image]:
    for uri in uris:
        with open_source(uri) as source:
            for frame in islice(iter(source.read, None), 0, None, every):
                yield _reduced(frame.image)


def _turned(image: Image, roi: Box) -> Iterator[Image]:
    """Turned about the face by a right angle and by two: the network knows faces that are upright or nearly so."""
    centre = (roi[0] + roi[2]) / 2, (roi[1] + roi[3]) / 2
    for angle in (90, 180, 270):
        yield cv2.warpAffine(image, cv2.getRotationMatrix2D(centre, angle, 1.0), image.shape[1::-1])


def _reduced(image: Image) -> Image:
    scale = min(1.0, LONGEST_SIDE / max(image.shape))
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _report(good: np.ndarray, bad: np.ndarray) -> None:
    features = np.concatenate([good, bad])
    labels = np.concatenate([np.ones(len(good)), np.zeros(len(bad))])
    biases, weights = _noisy_and(features, labels)
    print(f"FIT_BIAS = {biases[0]:.3f}")
    print(f"PRESENCE_BIAS = {biases[1]:.3f}")
    listed = (f"{field.name}={weight:.3f}" for field, weight in zip(fields(Evidence), weights, strict=True))
    print(f"WEIGHTS = Evidence({', '.join(listed)})")
    factors = _probabilities(features @ (weights * OWNERS).T + biases)
    for name, judged in (
        ("fit alone", factors[:, 0]),
        ("presence alone", factors[:, 1]),
        ("both", factors.prod(axis=1)),
    ):
        wrong_good, wrong_bad = (judged[labels == 1] < 0.5).mean(), (judged[labels == 0] >= 0.5).mean()
        print(f"# {name}: {wrong_good:.2%} of {len(good)} good below 0.5, {wrong_bad:.2%} of {len(bad)} bad above")


def _noisy_and(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit two logistic factors whose product is the probability; biases (2,), weights (features,), for raw features.

    Projected gradient descent on standardised features: a weight never gets the sign that makes no sense.
    """
    centre, spread = features.mean(axis=0), features.std(axis=0)
    x = (features - centre) / spread
    share = np.where(labels == 1, 0.5 / labels.sum(), 0.5 / (1 - labels).sum())
    biases, weights = np.zeros(2), np.zeros(x.shape[1])
    for _ in range(STEPS):
        factors = _probabilities(x @ (weights * OWNERS).T + biases)
        both = factors.prod(axis=1)
        pull = np.where(labels == 1, -1.0, both / np.maximum(1 - both, 1e-9)) * share
        slope = pull[:, None] * (1 - factors)
        biases -= RATE * slope.sum(axis=0)
        weights -= RATE * ((slope @ OWNERS * x).sum(axis=0) + RIDGE * weights)
        weights = np.where(weights * SIGNS < 0, 0.0, weights)
    raw = weights / spread
    return biases - OWNERS @ (raw * centre), raw


def _probabilities(logits: np.ndarray) -> np.ndarray:
    probabilities: np.ndarray = 1 / (1 + np.exp(-logits))
    return probabilities


if __name__ == "__main__":
    main()
