"""Fits the weights of ``visaged.vision.confidence`` and prints them.

What is learned from: pictures of faces (folders and videos given on the command line; those for training beside the
checkout are free to learn from, those for evaluation are not) and what is made from them. Good: the tracked region,
and regions that are off by as much as tracking is. Bad: regions beside the face, faces painted over, noise, black. A
bad region is also shown with the presence of the frame before, when the face was still there: the confidence must fall
at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import astuple, fields
from itertools import islice

import cv2
import numpy as np

from visaged.config import load
from visaged.sources.opener import open_source
from visaged.values import Box, Image
from visaged.vision.assembly import open_vision
from visaged.vision.confidence import Evidence, evidence
from visaged.vision.judge import Judge
from visaged.vision.roi import side_of

LONGEST_SIDE = 640
SETTLING_LOOKS = 3
SIGNS = np.array(astuple(Evidence(distortion=-1, resize=-1, shift=-1, shape=-1, expression=-1, presence=1)))
RIDGE = 1e-2
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
        for found in vision.detector.detect(image)[:1]:
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
            roi = self._judge.look(image, roi, score).wanted
        self.good += [self._evidence(image, region) for region in (roi, self._moved(roi, 0.0, 0.12))]
        for picture, region in self._spoilt(image, roi):
            seen = self._evidence(picture, region)
            self.bad += [seen, (*seen[:-1], score)]

    def _evidence(self, image: Image, roi: Box) -> tuple[float, ...]:
        presence, look = self._judge.verify(image, self._judge.look(image, roi, 0.0))
        return astuple(evidence(look.fit, roi, look.wanted, self._shape_size, presence))

    def _moved(self, roi: Box, least: float, most: float) -> Box:
        """``roi`` moved in any direction by so many of its sides."""
        angle, way = self._random.uniform(0, 2 * np.pi), self._random.uniform(least, most) * side_of(roi)
        x, y = way * np.cos(angle), way * np.sin(angle)
        return roi[0] + x, roi[1] + y, roi[2] + x, roi[3] + y

    def _spoilt(self, image: Image, roi: Box) -> Iterator[tuple[Image, Box]]:
        yield image, self._moved(roi, 0.7, 1.5)
        yield image, self._moved(roi, 0.7, 1.5)
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


def _reduced(image: Image) -> Image:
    scale = min(1.0, LONGEST_SIDE / max(image.shape))
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _report(good: np.ndarray, bad: np.ndarray) -> None:
    features = np.concatenate([good, bad])
    labels = np.concatenate([np.ones(len(good)), np.zeros(len(bad))])
    share = np.where(labels == 1, 0.5 / len(good), 0.5 / len(bad))
    bias, weights = _sensible(features, labels, share)
    logits = bias + features @ weights
    print(f"BIAS = {bias:.3f}")
    print(
        "WEIGHTS = Evidence("
        + ", ".join(f"{f.name}={w:.3f}" for f, w in zip(fields(Evidence), weights, strict=True))
        + ")"
    )
    wrong_good, wrong_bad = (logits[labels == 1] <= 0).mean(), (logits[labels == 0] > 0).mean()
    print(f"# {len(good)} good, {wrong_good:.2%} of them below 0.5; {len(bad)} bad, {wrong_bad:.2%} of them above")


def _sensible(features: np.ndarray, labels: np.ndarray, share: np.ndarray) -> tuple[float, np.ndarray]:
    """A fit in which every sign counts the way it must: what got the wrong sign is chance, and is left out."""
    used = np.ones(features.shape[1], bool)
    while True:
        bias, fitted = _logistic(features[:, used], labels, share)
        weights = np.zeros(features.shape[1])
        weights[used] = fitted
        wrong = weights * SIGNS < 0
        if not wrong.any():
            return bias, weights
        used &= ~wrong


def _logistic(features: np.ndarray, labels: np.ndarray, share: np.ndarray) -> tuple[float, np.ndarray]:
    """Ridge logistic regression by Newton's method, on standardised features; (bias, weights) for the raw ones."""
    centre, spread = features.mean(axis=0), features.std(axis=0)
    x = np.hstack([np.ones((len(features), 1)), (features - centre) / spread])
    ridge = np.diag([0.0] + [RIDGE] * features.shape[1])
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-(x @ weights)))
        gradient = x.T @ (share * (p - labels)) + ridge @ weights
        hessian = (x * (share * p * (1 - p))[:, None]).T @ x + ridge
        weights -= np.linalg.solve(hessian, gradient)
    raw = weights[1:] / spread
    return float(weights[0] - raw @ centre), raw


if __name__ == "__main__":
    main()
