"""The bookkeeping of what must arrive."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visaged.mqtt.outbox import Letter, Outbox


def send_all(outbox: Outbox, window: int = 16) -> list[tuple[int, Letter]]:
    """Take everything that is due and mark it as sent; gives (message id, letter)."""
    sent: list[tuple[int, Letter]] = []
    while letter := outbox.next_due(window):
        mid = id(letter)
        outbox.sent(mid, letter)
        sent.append((mid, letter))
    return sent


def payloads(sent: list[tuple[int, Letter]]) -> list[bytes]:
    """What was sent, without ids."""
    return [letter.payload for _, letter in sent]


def test_only_the_newest_state_of_a_topic_is_sent() -> None:
    outbox = Outbox(10)
    outbox.put_state("status", b"old")
    outbox.put_state("status", b"new")
    assert payloads(send_all(outbox)) == [b"new"]


def test_state_waits_for_the_acknowledgement_of_its_last_version() -> None:
    outbox = Outbox(10)
    outbox.put_state("status", b"1")
    ((mid, _),) = send_all(outbox)
    outbox.put_state("status", b"2")
    outbox.put_state("status", b"3")
    assert outbox.next_due(16) is None
    outbox.acknowledged(mid)
    assert payloads(send_all(outbox)) == [b"3"]


def test_new_connection_repeats_every_state_and_unacknowledged_events_in_order() -> None:
    outbox = Outbox(10)
    outbox.put_state("status", b"online")
    for event in (b"1", b"2", b"3"):
        outbox.put_event("event", event)
    sent = send_all(outbox, window=3)
    assert payloads(sent) == [b"online", b"1", b"2"]
    outbox.acknowledged(sent[0][0])
    outbox.acknowledged(sent[1][0])
    outbox.restart()
    assert payloads(send_all(outbox)) == [b"online", b"2", b"3"]


def test_an_answer_is_not_sent_again_over_which_a_connection_may_have_ended() -> None:
    outbox = Outbox(10)
    outbox.put_answer("desk", b"answer", b"7")
    outbox.put_event("event", b"1")
    outbox.put_answer("desk", b"unsent", None)
    (_, (_, event)) = send_all(outbox, window=2)
    outbox.restart()
    assert payloads(send_all(outbox)) == [event.payload, b"unsent"]


def test_full_queue_drops_and_counts_the_oldest_event() -> None:
    outbox = Outbox(2)
    for event in (b"1", b"2", b"3"):
        outbox.put_event("event", event)
    assert payloads(send_all(outbox)) == [b"2", b"3"]
    assert outbox.dropped_events == 1


def test_window_bounds_what_is_in_flight() -> None:
    outbox = Outbox(100)
    for n in range(50):
        outbox.put_event("event", bytes([n]))
    assert len(send_all(outbox, window=7)) == 7


def test_outbox_is_empty_only_after_the_last_acknowledgement() -> None:
    outbox = Outbox(10)
    assert outbox.empty
    outbox.put_state("status", b"stopped")
    assert not outbox.empty
    ((mid, letter),) = send_all(outbox)
    assert not outbox.empty
    assert outbox.acknowledged(mid) == letter
    assert outbox.empty
    assert outbox.acknowledged(mid) is None


@given(st.lists(st.sampled_from(["state", "event", "send", "ack", "restart"]), max_size=60))
def test_final_state_always_arrives_last(steps: list[str]) -> None:
    outbox, flying, arrived = Outbox(5), list[tuple[int, Letter]](), list[bytes]()
    mid = 0
    for n, step in enumerate([*steps, "state", "restart", *["send", "ack"] * 40]):
        if step == "state":
            last = b"state %d" % n
            outbox.put_state("status", last)
        elif step == "event":
            outbox.put_event("event", b"event")
        elif step == "restart":
            outbox.restart()
            flying.clear()
        elif step == "send" and (letter := outbox.next_due(4)):
            mid += 1
            outbox.sent(mid, letter)
            flying.append((mid, letter))
        elif step == "ack" and flying:
            number, letter = flying.pop(0)
            outbox.acknowledged(number)
            arrived.append(letter.payload)
    assert outbox.empty
    assert [payload for payload in arrived if payload.startswith(b"state")][-1] == last
