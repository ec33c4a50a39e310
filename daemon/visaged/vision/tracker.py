"""Faces from frame to frame: follow what is known, doubt what looks bad, find what is new."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from visaged.values import NOT_TRACKED, Box, Detection, Face, Picture
from visaged.vision.boxes import SAME_FACE, intersection_over_union
from visaged.vision.candidates import Presence
from visaged.vision.detector import Detector
from visaged.vision.judge import Judge, Look
from visaged.vision.roi import centre_of, side_of

RESCUE_DISTANCE = 0.5
"""A face that was lost and is found within this distance, in sides of its region, keeps its id."""


@dataclass(slots=True)
class Track:
    """A face that is followed: the last look at it, and the ``score`` of its last detection in the whole picture.

    ``unverified``: frames since the detector looked. ``misses``: bad frames in a row. ``reason``: why the last was bad.
    ``steady``: good frames in a row. ``shown``: whether it was ever given to anybody.
    """

    id: int
    look: Look
    score: float
    reason: str | None = None
    misses: int = 0
    unverified: int = 0
    steady: int = 0
    shown: bool = False

    @property
    def next_roi(self) -> Box:
        """Where to crop the next frame: where the landmarks lead, or where it was if they are not to be believed."""
        return self.look.roi if self.misses else self.look.wanted


class Tracker:
    """Keeps the faces of a sequence of frames apart, and throws out those that are gone.

    ``interval``: frames between two detections while all is well (where nothing is tracked, or a track looks bad,
    every frame is searched). ``verify_interval``: frames after which the detector looks at a tracked region again.
    ``lost_after``: so many bad frames in a row end a track. ``after``: the tracker that this one takes over from at
    its first frame: no id is given twice, and where the regressor is the same its tracks go on.
    """

    def __init__(
        self,
        detector: Detector,
        judge: Judge,
        *,
        max_faces: int,
        interval: int,
        verify_interval: int,
        lost_after: int,
        after: Tracker | None = None,
    ) -> None:
        self._detector = detector
        self._judge = judge
        self._max_faces = max_faces
        self._interval = interval
        self._verify_interval = verify_interval
        self._lost_after = lost_after
        self._after = after
        self._tracks: list[Track] = []
        self._doubted: list[Face] = []
        self._since_detection = 0
        self._last_id = 0
        self._is_asked_to_search = False

    def redetect(self) -> None:
        """Search the next frame, whatever is tracked; may be called from any thread."""
        self._is_asked_to_search = True

    def update(self, picture: Picture) -> list[Face]:
        """``follow``, then ``look_around``."""
        faces = self.follow(picture)
        self.look_around(picture)
        return faces

    def follow(self, picture: Picture) -> list[Face]:
        """The faces of the next frame: the tracked ones, oldest first, then those that are seen but not believed.

        A track that ends is given one last time, with the reason ``tracking_lost``. What is not believed is not
        followed: it has the id 0, and shows in a frame that is searched or comes after one that was.
        """
        if self._after is not None:
            self._take_over(self._after)
        self._since_detection += 1
        wanted = [self._judge.wants(track.next_roi) for track in self._tracks]
        picture.expect([*wanted, self._detector.wants(picture)] if self._is_urgent() else wanted)
        for track in self._tracks:
            self._step(picture, track)
        doubted, self._doubted = self._doubted, []
        if self._is_urgent():
            self._search(picture)
        else:
            for face in doubted:
                self._meet(picture, Detection(face.box, face.score))
        self._end_doubles()
        self._tracks = [track for track in self._tracks if track.shown or not track.misses]
        for track in self._tracks:
            track.steady = 0 if track.misses else track.steady + 1
            track.shown = True
        faces = [self._face(track) for track in self._tracks] + self._doubted
        self._tracks = [track for track in self._tracks if not self._is_lost(track)]
        self._doubted = []
        return faces

    def look_around(self, picture: Picture) -> None:
        """Search the frame that was followed last if it is time to, for new faces that show in the next.

        It is no business of the faces of this frame, which can be delivered before.
        """
        if self._since_detection >= self._interval:
            self._search(picture)

    def _take_over(self, other: Tracker) -> None:
        other_after, self._after = other._after, None
        if other_after is not None:
            other._take_over(other_after)
        self._last_id = other._last_id
        if self._judge.understands(other._judge):
            self._tracks = other._tracks[: self._max_faces]
            self._since_detection = other._since_detection
        self._is_asked_to_search |= other._is_asked_to_search

    def _step(self, picture: Picture, track: Track) -> None:
        track.look = self._judge.look(picture, track.next_roi, track.look.presence)
        track.unverified += 1
        track.reason = self._judge.reason(picture, track.look)
        is_in_doubt = track.reason is not None or track.misses > 0
        if is_in_doubt or track.unverified >= self._verify_interval:
            self._verify(picture, track, both_ways_up=is_in_doubt)
        track.misses = track.misses + 1 if track.reason else 0

    def _verify(self, picture: Picture, track: Track, *, both_ways_up: bool) -> None:
        track.look = self._judge.verify(picture, track.look, both_ways_up=both_ways_up)
        track.reason = self._judge.reason(picture, track.look)
        track.unverified = 0

    def _is_urgent(self) -> bool:
        """Whether the frame is to be searched before its faces are known."""
        return self._is_asked_to_search or not self._tracks or any(track.misses for track in self._tracks)

    def _search(self, picture: Picture) -> None:
        """Detect in the whole picture; confirm, rescue or begin tracks, and look again at those that are in order."""
        self._is_asked_to_search = False
        self._since_detection = 0
        in_order = self._in_order()
        for detection in self._detector.detect(picture):
            self._meet(picture, detection)
        for track in in_order:
            self._verify(picture, track, both_ways_up=True)
            track.misses = 1 if track.reason else 0

    def _meet(self, picture: Picture, detection: Detection) -> None:
        track = self._track_of(detection)
        if track is None:
            self._begin(picture, detection)
        elif track.misses:
            self._rescue(picture, track, detection)
        else:
            track.score = detection.score

    def _track_of(self, detection: Detection) -> Track | None:
        """The track that a detection belongs to; one that is in order before one that has gone astray."""
        for track in self._in_order():
            if intersection_over_union(detection.box, track.look.fit.box) > SAME_FACE:
                return track
        astray = (track for track in self._tracks if track.misses)
        return next((track for track in astray if self._is_near(detection.box, track)), None)

    def _is_near(self, box: Box, track: Track) -> bool:
        (x, y), (track_x, track_y) = centre_of(box), centre_of(track.look.roi)
        return math.hypot(x - track_x, y - track_y) < RESCUE_DISTANCE * side_of(track.look.roi)

    def _begin(self, picture: Picture, detection: Detection) -> None:
        if len(self._tracks) + len(self._doubted) >= self._max_faces:
            return
        look = self._settle(picture, detection)
        reason = self._judge.reason(picture, look)
        if reason is not None:
            if detection.score >= self._detector.sure:
                self._doubted.append(self._judge.face(look, NOT_TRACKED, detection.score, detection.box, reason))
        elif not _overlaps(look, self._in_order()):
            self._last_id += 1
            self._tracks.append(Track(self._last_id, look, detection.score))

    def _rescue(self, picture: Picture, track: Track, detection: Detection) -> None:
        look = self._settle(picture, detection)
        if self._judge.reason(picture, look) is None:
            track.look, track.score = look, detection.score
            track.reason, track.misses = None, 0

    def _settle(self, picture: Picture, detection: Detection) -> Look:
        """Fit twice, as a detector's box only leads to the region that the landmarks then ask for; then verify."""
        presence = Presence(detection.score)
        look = self._judge.look(picture, self._detector.roi(detection.box), presence)
        if self._judge.reason(picture, look) is None:
            look = self._judge.look(picture, look.wanted, presence)
        return self._judge.verify(picture, look, both_ways_up=True)

    def _end_doubles(self) -> None:
        """Of tracks that have run onto one face, the one that has been in order for longest stays.

        So one that has gone astray and comes back on a neighbour's face does not take that over.
        """
        kept: list[Track] = []
        for track in sorted(self._in_order(), key=lambda track: -track.steady):
            if _overlaps(track.look, kept):
                track.misses = self._lost_after
            else:
                kept.append(track)

    def _in_order(self) -> list[Track]:
        return [track for track in self._tracks if not track.misses]

    def _is_lost(self, track: Track) -> bool:
        return track.misses >= self._lost_after

    def _face(self, track: Track) -> Face:
        reason = "tracking_lost" if self._is_lost(track) else track.reason
        return self._judge.face(track.look, track.id, track.score, track.look.fit.box, reason)


def _overlaps(look: Look, others: Iterable[Track]) -> bool:
    return any(intersection_over_union(look.fit.box, other.look.fit.box) > SAME_FACE for other in others)
