"""Who may use a session, and when."""

import threading
from types import SimpleNamespace

import pytest

from visaged.mqtt.lent import Lent


@pytest.fixture
def session():
    return SimpleNamespace(congested=False)


@pytest.fixture
def lent(session):
    lent = Lent()
    lent.give(session)
    return lent


def test_what_is_lent_is_used_at_once_and_by_many(lent, session):
    used = []
    assert lent.use(used.append) and lent.use(used.append)
    assert used == [session, session]


def test_what_is_not_lent_is_not_used(lent):
    assert not Lent().use(pytest.fail)
    lent.take_back()
    assert not lent.use(pytest.fail)


def test_nobody_waits_for_the_owner(lent):
    with lent:
        assert not lent.use(pytest.fail)
    assert lent.use(lambda _: None)


def test_the_owner_waits_for_who_sends(lent):
    sending, over, taken_back = threading.Event(), threading.Event(), threading.Event()

    def send(_):
        sending.set()
        assert over.wait(10)

    threads = [
        threading.Thread(target=lambda: lent.use(send)),
        threading.Thread(target=lambda: (sending.wait(10), lent.take_back(), taken_back.set())),
    ]
    for thread in threads:
        thread.start()
    assert sending.wait(10) and not taken_back.wait(0.05)
    over.set()
    assert taken_back.wait(10)
    for thread in threads:
        thread.join(10)


def test_the_owner_has_to_look_up_where_something_is_left(lent, session):
    session.congested = True
    assert not lent.use(lambda _: None)


def test_a_turn_ends_even_where_sending_fails(lent):
    with pytest.raises(ZeroDivisionError):
        lent.use(lambda _: 1 / 0)
    assert lent.use(lambda _: None)
