"""What is to be seen in made pictures, and a tracker that follows it."""

import numpy as np

from visaged.values import Detection, Picture
from visaged.vision.candidates import Presence
from visaged.vision.judge import Judge, Look
from visaged.vision.roi import centre_of, roi_around, side_of, square_around
from visaged.vision.tracker import Tracker

PICTURE = Picture(np.zeros((480, 640, 3), np.uint8))
NEVER = 10_000


class Scene(Judge):
    """What is to be seen in each frame; detector and judge at once.

    ``faces``: the boxes of the faces that are there, best first. ``phantoms``: boxes that only the detector takes for
    faces. ``hidden``: faces that only the detector overlooks. ``overturned``: faces that stand on their heads. A look
    at a region without a face believes what it was told of the detector's opinion, so a face that has gone shows only
    when it is verified, and one that stands on its head only when it is looked at both ways up.
    """

    size = 120

    def __init__(self, make_fit):
        super().__init__(self, None, None, 40, 0.5)
        self._fit = make_fit
        self.faces, self.phantoms, self.hidden, self.overturned = [], [], [], []
        self.frame, self.sure, self.score = 0, 0.6, 0.9
        self.searched, self.verified_one_way_up, self.verified_both_ways_up = [], [], []

    def detect(self, picture):
        self.searched.append(self.frame)
        return [Detection(box, self.score) for box in [*self.faces, *self.phantoms] if box not in self.hidden]

    def wants(self, what):
        return (0.0, 0.0, 1.0, 1.0), 1.0

    def roi(self, box):
        return square_around(box, 1.7, 0.02)

    def look(self, picture, roi, presence):
        near = [face for face in self.faces if distance(face, roi) < 0.2 * side_of(roi)]
        if not near:
            quarter = side_of(roi) * (1 - 0.5**0.5) / 2
            middle = (roi[0] + quarter, roi[1] + quarter, roi[2] - quarter, roi[3] - quarter)
            is_phantom = any(distance(phantom, roi) < 5 for phantom in self.phantoms)
            return Look(roi, roi_around(middle), self._fit(middle), presence, 0.0 if is_phantom else presence.score)
        nearest = min(near, key=lambda face: distance(face, roi))
        return Look(roi, roi_around(nearest), self._fit(nearest), presence, 0.9)

    def verify(self, picture, look, *, both_ways_up):
        (self.verified_both_ways_up if both_ways_up else self.verified_one_way_up).append(self.frame)
        score = 0.9 if look.fit.box in self.faces else 0.0
        presence = Presence(score, upside_down=both_ways_up and look.fit.box in self.overturned)
        return Look(look.roi, look.wanted, look.fit, presence, score)


def distance(face, roi):
    return float(np.hypot(*np.subtract(centre_of(face), centre_of(roi))))


LARGE = (0.0, 0.0, 400.0, 400.0)


def face_at(x, y=200.0):
    return (x, y, x + 60.0, y + 60.0)


class Follower:
    """A tracker in a scene: called with the faces of each frame, and options of the tracker, it gives those tracked."""

    def __init__(self, scene):
        self._scene = scene
        self.tracker = None

    def __call__(self, frames, **options):
        if self.tracker is None:
            given = {"max_faces": 4, "interval": NEVER, "verify_interval": NEVER, "lost_after": 2} | options
            self.tracker = Tracker(self._scene, self._scene, **given)
        return [self._update(faces) for faces in frames]

    def _update(self, faces):
        self._scene.faces = faces
        found = self.tracker.update(PICTURE)
        self._scene.frame += 1
        return found


def ids(frames):
    """Of the faces that are tracked."""
    return [[face.id for face in faces if face.id] for faces in frames]


def reasons(frames):
    """Why tracked faces are not valid, one after the other."""
    return [face.reason for faces in frames for face in faces if face.id and face.reason]


def valid(frames):
    return [[face.id for face in faces if face.valid] for faces in frames]
