"""Commands that wait for an answer."""

from __future__ import annotations

import threading

from visaged.snapshots.desk import Desk, Once
from visaged.snapshots.request import Outcome


def nothing(_: Outcome) -> None:
    """A reply that nobody reads."""


def test_a_reply_that_many_give_at_once_is_given_once() -> None:
    for _ in range(50):
        outcomes: list[Outcome] = []
        once, together = Once(outcomes.append), threading.Barrier(8)

        def give(once: Once = once, together: threading.Barrier = together) -> None:
            together.wait(5)
            once(Outcome())

        threads = [threading.Thread(target=give) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(5)
        assert len(outcomes) == 1 and once.given


def test_a_command_waits_for_a_frame_and_then_as_long_again_for_the_disk() -> None:
    desk = Desk(8, frame_s=2.0, disk_s=5.0)
    assert desk.put(nothing, 10.0)
    assert desk.without_frame(11.9) == ()
    assert len(desk.take(11.9)) == 1
    assert desk.without_frame(99.0) == () and desk.without_disk(16.8) == ()
    assert len(desk.without_disk(16.9)) == 1
    assert desk.without_disk(99.0) == desk.close() == ()


def test_a_command_without_a_frame_is_given_up_once() -> None:
    desk = Desk(8, frame_s=2.0, disk_s=5.0)
    desk.put(nothing, 10.0)
    desk.put(nothing, 11.0)
    assert len(desk.without_frame(12.0)) == 1
    assert len(desk.take(12.5)) == 1


def test_who_waits_for_the_disk_takes_room_until_answered() -> None:
    desk = Desk(2, frame_s=2.0, disk_s=5.0)
    desk.put(nothing, 10.0)
    (taken,) = desk.take(10.1)
    assert desk.put(nothing, 10.2) and not desk.put(nothing, 10.3)
    taken(Outcome())
    assert desk.put(nothing, 10.4)


def test_a_closed_desk_gives_up_all_and_takes_nobody() -> None:
    desk = Desk(8, frame_s=2.0, disk_s=5.0)
    desk.put(nothing, 10.0)
    desk.take(10.1)
    desk.put(nothing, 10.2)
    assert len(desk.close()) == 2 and desk.close() == ()
    assert not desk.put(nothing, 10.3)
