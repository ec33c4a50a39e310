"""Answers that are kept for requests that come twice."""

from __future__ import annotations

from visaged.running.kept import IN_WORK, MOST, MOST_BYTES, SECONDS, Kept


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def answered(kept: Kept, number: int, answer: bytes = b"done") -> None:
    kept.begin(("ping", number))
    kept.finish(("ping", number), answer)


def test_a_request_is_new_then_in_work_then_answered() -> None:
    kept = Kept()
    assert kept.begin(("ping", "a")) is None
    assert kept.begin(("ping", "a")) == IN_WORK
    kept.finish(("ping", "a"), b"done")
    assert kept.begin(("ping", "a")) == b"done"
    assert kept.begin(("snapshot", "a")) is None and kept.begin(("ping", 1)) is None


def test_only_so_many_answers_are_kept() -> None:
    kept = Kept()
    for number in range(MOST + 1):
        answered(kept, number)
    answered(kept, MOST + 1)
    assert kept.begin(("ping", MOST + 1)) == b"done"
    assert kept.begin(("ping", 0)) is None


def test_only_so_many_bytes_are_kept() -> None:
    kept = Kept()
    for number in range(4):
        answered(kept, number, bytes(MOST_BYTES // 2))
    assert kept.begin(("ping", 0)) is None and kept.begin(("ping", 1)) is None


def test_an_answer_that_is_too_large_by_itself_is_not_kept() -> None:
    kept = Kept()
    answered(kept, 1, bytes(MOST_BYTES + 1))
    assert kept.begin(("ping", 1)) is None


def test_an_answer_is_kept_for_a_while() -> None:
    clock = Clock()
    kept = Kept(clock)
    answered(kept, 1)
    clock.now = SECONDS - 1
    assert kept.begin(("ping", 1)) == b"done"
    clock.now = SECONDS + 1
    assert kept.begin(("ping", 1)) is None
