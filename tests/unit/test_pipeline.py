"""From frames in a mailbox to published messages, with a scripted tracker."""

import threading
import time

import cbor2
import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from visaged.mqtt.topics import Topics
from visaged.pipeline import Outlets, Parts, Pipeline
from visaged.sources.mailbox import Mailbox
from visaged.stages import StageTimes
from visaged.values import Frame, Picture

TOPICS = Topics("visaged", "cam")


class Script:
    """A tracker that finds the faces of each frame in a list, and keeps the pictures in which it looked around."""

    def __init__(self, frames):
        self._frames = iter(frames)
        self.looked_around = []

    def follow(self, picture):
        return next(self._frames)

    def look_around(self, picture):
        self.looked_around.append(picture)


class Halver:
    """A smoother that halves every yaw and keeps the times it was given."""

    def __init__(self):
        self.times = []

    def update(self, faces, seconds):
        self.times.append(seconds)
        return [replace(face, pose=replace(face.pose, yaw=face.pose.yaw / 2)) for face in faces]


class Outbox:
    """Keeps what is published as (way, topic, message)."""

    def __init__(self, decode):
        self._decode = decode
        self.sent = []

    def way(self, name):
        return lambda topic, message: self.sent.append((name, topic, self._decode(message)))

    def on(self, topic):
        return [message for _, sent_on, message in self.sent if sent_on == topic]


class Line:
    """A pipeline between a mailbox and an outbox."""

    def __init__(self, faces, *, encoding="json", with_landmarks=False, max_frames=None, **smoothing):
        self.mailbox, self.times = Mailbox(), StageTimes()
        self.outbox = Outbox(msgspec.json.decode if encoding == "json" else cbor2.loads)
        outlets = Outlets(TOPICS, encoding, self.outbox.way("frame"), self.outbox.way("event"))
        self.pipeline = Pipeline(
            self.mailbox,
            Parts(Script(faces), outlets, with_landmarks, **smoothing),
            self.times,
            boot_id="5f0c2a",
            max_frames=max_frames,
        )

    def process(self, count, skipped=0):
        for index in range(count):
            self.pipeline.process(frame(index), skipped)
        return self

    @property
    def events(self):
        return [(event["seq"], event["event"], event["id"]) for event in self.outbox.on(TOPICS.event)]


def frame(index=0, age_s=0.0):
    return Frame(Picture(np.zeros((4, 4, 3), np.uint8)), index, 1000.5 + index, time.monotonic() - age_s, index / 25)


def test_every_frame_becomes_one_pose_message(make_face):
    line = Line([[make_face(id=3)], [], [make_face(id=3), make_face(id=4)]]).process(3)
    poses = line.outbox.on(TOPICS.pose)
    assert [[face["id"] for face in pose["faces"]] for pose in poses] == [[3], [], [3, 4]]
    assert [(pose["seq"], pose["boot_id"], pose["utc"]) for pose in poses] == [
        (0, "5f0c2a", 1000.5),
        (1, "5f0c2a", 1001.5),
        (2, "5f0c2a", 1002.5),
    ]


def test_skipped_frames_are_told_and_counted():
    line = Line([[]] * 3)
    for skipped in (0, 2, 5):
        line.pipeline.process(frame(), skipped)
    assert [pose["skipped"] for pose in line.outbox.on(TOPICS.pose)] == [0, 2, 5]
    assert (line.pipeline.counts.processed, line.pipeline.counts.skipped) == (3, 7)


def test_frames_with_a_valid_face_are_counted_once_each(make_face):
    doubtful = make_face(valid=False, reason="low_confidence")
    line = Line([[make_face(), make_face(id=4)], [doubtful], [doubtful, make_face(id=4)], []]).process(4)
    assert line.pipeline.counts.with_face == 2


def test_a_face_that_appears_and_is_lost_is_told_once(make_face):
    good = make_face(id=1)
    lost = make_face(id=1, valid=False, reason="tracking_lost")
    line = Line([[], [good], [good], [lost], []]).process(5)
    assert line.events == [(1, "face_appeared", 1), (3, "face_lost", 1)]


def test_a_face_that_is_doubted_for_a_while_is_not_lost(make_face):
    doubted = make_face(id=1, valid=False, reason="low_confidence")
    line = Line([[make_face(id=1)], [doubted], [make_face(id=1)]]).process(3)
    assert line.events == [(0, "face_appeared", 1)]


def test_a_face_that_is_not_tracked_is_published_and_neither_appears_nor_is_lost(make_face):
    stranger = make_face(id=0, valid=False, reason="upside_down")
    line = Line([[stranger], []]).process(2)
    assert [face["reason"] for face in line.outbox.on(TOPICS.pose)[0]["faces"]] == ["upside_down"]
    assert line.events == []


def test_several_faces_have_events_of_their_own(make_face):
    one, two, three = (make_face(id=number) for number in (1, 2, 3))
    line = Line([[two, one], [two, three]]).process(2)
    assert line.events == [
        (0, "face_appeared", 1),
        (0, "face_appeared", 2),
        (1, "face_appeared", 3),
        (1, "face_lost", 1),
    ]


def test_events_go_the_way_of_events_and_frames_that_of_frames(make_face):
    line = Line([[make_face()]], with_landmarks=True).process(1)
    ways = [(way, topic) for way, topic, _ in line.outbox.sent]
    assert ways == [("frame", TOPICS.pose), ("frame", TOPICS.landmarks), ("event", TOPICS.event)]


@pytest.mark.parametrize("encoding", ["json", "cbor"])
def test_landmarks_are_published_where_asked_and_not_otherwise(make_face, encoding):
    asked = Line([[make_face()]], encoding=encoding, with_landmarks=True).process(1)
    (landmarks,) = asked.outbox.on(TOPICS.landmarks)
    assert landmarks["seq"] == 0
    assert len(landmarks["faces"][0]["points"]) == (68 if encoding == "json" else 2 * 204)
    assert Line([[make_face()]], encoding=encoding).process(1).outbox.on(TOPICS.landmarks) == []


def test_latency_runs_from_capture():
    line = Line([[]])
    line.pipeline.process(frame(age_s=2.0), 0)
    (pose,) = line.outbox.on(TOPICS.pose)
    assert 2000 <= pose["latency_ms"] < 10_000
    medians = {stage: values[0] for stage, values in line.times.percentiles().items()}
    assert set(medians) == {"wait", "vision", "publish", "total"}
    assert medians["total"] == pytest.approx(medians["wait"] + medians["vision"] + medians["publish"])
    assert medians["wait"] >= 2000


def test_it_ends_when_the_mailbox_is_closed_and_the_last_frame_is_done():
    line = Line([[]] * 5)
    line.mailbox.put(frame())
    line.mailbox.close()
    line.pipeline.run()
    assert line.pipeline.counts.processed == 1


def test_it_ends_after_as_many_frames_as_asked():
    line = Line([[]] * 20, max_frames=3)

    def feed():
        for index in range(5):
            line.mailbox.put(frame(index))
            line.mailbox.wait_until_empty(0.5)

    feeder = threading.Thread(target=feed)
    feeder.start()
    line.pipeline.run()
    feeder.join(10)
    assert line.pipeline.counts.processed == 3
    assert [pose["seq"] for pose in line.outbox.on(TOPICS.pose)] == [0, 1, 2]


def test_frames_that_came_too_fast_are_skipped():
    line = Line([[]] * 5)
    for index in range(4):
        line.mailbox.put(frame(index))
    line.mailbox.close()
    line.pipeline.run()
    assert (line.pipeline.counts.processed, line.pipeline.counts.skipped) == (1, 3)
    assert line.outbox.on(TOPICS.pose)[0]["utc"] == 1003.5


def test_it_ends_soon_after_it_is_stopped():
    line = Line([])
    thread = threading.Thread(target=line.pipeline.run)
    thread.start()
    line.pipeline.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert line.pipeline.counts.processed == 0


def test_what_a_frame_shows_is_published_before_the_tracker_looks_around_in_it(make_face):
    seen = []
    line = Line([[make_face()]], observer=lambda *_: seen.append((len(line.outbox.sent), list(looked_around))))
    looked_around, one = line.pipeline.parts.tracker.looked_around, frame()
    line.pipeline.process(one, 0)
    assert seen == [(2, [])]
    assert looked_around == [one.picture]


def test_what_a_tracker_dies_of_is_not_hidden():
    line = Line([])
    line.mailbox.put(frame())
    with pytest.raises(StopIteration):
        line.pipeline.run()


def test_what_is_published_is_smoothed(make_face):
    line = Line([[make_face(yaw=20.0)]], smoother=Halver()).process(1)
    (face,) = line.outbox.on(TOPICS.pose)[0]["faces"]
    assert face["yaw"] == 10.0
    assert "raw" not in face


def test_the_raw_pose_is_published_beside_where_asked(make_face):
    line = Line([[make_face(yaw=20.0)]], smoother=Halver(), with_raw=True).process(1)
    (face,) = line.outbox.on(TOPICS.pose)[0]["faces"]
    assert (face["yaw"], face["raw"]["yaw"]) == (10.0, 20.0)


def test_a_smoother_is_told_when_a_frame_was_taken():
    taken = frame(3)
    for clock, expected in ((None, taken.mono), (lambda one: one.t, taken.t)):
        halver = Halver()
        line = Line([[]], smoother=halver, **({"clock": clock} if clock else {}))
        line.pipeline.process(taken, 0)
        assert halver.times == [expected]
