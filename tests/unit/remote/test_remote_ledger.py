"""What is kept of the configuration from afar, whatever comes in whatever order."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from visaged.config import load
from visaged.remote.ledger import Document, Ledger, restored

ORIGINS = st.sampled_from(["device", "group/a", "group/b"])
DOCUMENTS = st.builds(
    lambda origin, version, content: Document(origin, version, content * 64, content.encode()),
    ORIGINS,
    st.integers(1, 6),
    st.sampled_from("ab"),
)
STEPS: st.SearchStrategy[Callable[[Ledger], Ledger]] = st.one_of(
    DOCUMENTS.map(
        lambda document: lambda ledger: ledger.begin(document) if ledger.judge(document) == "new" else ledger
    ),
    ORIGINS.map(lambda origin: lambda ledger: ledger.clear(origin)),
    st.sampled_from([Ledger.commit, lambda ledger: ledger.revert("fps: 0"), Ledger.give_up, Ledger.settled]),
)


def document(version: int, content: str = "a", origin: str = "device") -> Document:
    return Document(origin, version, content * 64, content.encode())


def after(*steps: Callable[[Ledger], Ledger]) -> Ledger:
    ledger = Ledger()
    for step in steps:
        ledger = step(ledger)
    return ledger


@given(st.lists(STEPS, max_size=20), DOCUMENTS)
def test_what_was_kept_or_taken_back_is_never_tried_again(
    steps: list[Callable[[Ledger], Ledger]], one: Document
) -> None:
    ledger = after(*steps)
    if ledger.judge(one) != "new":
        return
    for end in (Ledger.commit, lambda tried: tried.revert("frames: none")):
        done = end(ledger.begin(one))
        assert done.judge(one) == "same"
        assert done.judge(document(one.version, "z", one.origin)) == "other content"
        assert one.version == 1 or done.judge(document(one.version - 1, "a", one.origin)) == "older"
        assert done.judge(document(one.version + 1, "z", one.origin)) == "new"


@given(st.lists(STEPS, max_size=20))
def test_a_trial_that_fails_leaves_what_was_good(steps: list[Callable[[Ledger], Ledger]]) -> None:
    ledger = after(*steps)
    reverted = ledger.revert("camera: gone")
    assert (reverted.good, reverted.trial) == (ledger.good, {})
    assert reverted.wanted == ledger.good


@given(st.lists(STEPS, max_size=20))
def test_versions_only_rise(steps: list[Callable[[Ledger], Ledger]]) -> None:
    ledger = Ledger()
    for step in steps:
        before, ledger = ledger.marks, step(ledger)
        assert all(ledger.marks[origin].version >= mark.version for origin, mark in before.items())


def test_a_trial_that_nobody_judged_may_come_again() -> None:
    ledger = Ledger().begin(document(1)).give_up()
    assert ledger.judge(document(1)) == "new"


def test_what_was_cleared_does_not_come_back() -> None:
    ledger = Ledger().begin(document(3)).commit().clear("device")
    assert ledger.wanted == {}
    assert ledger.judge(document(2)) == "older"


def test_what_failed_does_not_come_back_by_clearing_what_was_before_it() -> None:
    ledger = Ledger().begin(document(1)).commit().begin(document(2)).revert("fps: 0").clear("device")
    assert ledger.judge(document(2)) == "same"


def test_a_configuration_that_proved_itself_is_restored_as_it_was() -> None:
    loaded = load(None, ["source.uri=rtsp://u:p@cam/1", "track.max_faces=2"])
    again = restored(Ledger().proved(loaded).last)
    assert again == loaded
