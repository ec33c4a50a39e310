"""Knocking at addresses whose names take long to look up."""

import socket
import threading
import time

import pytest

from visaged.sources.door import PATIENCE_S, Door


@pytest.fixture
def silent_name_server(monkeypatch):
    """Names are looked up only when the event is set; the list has the threads that have asked."""
    answer, asked = threading.Event(), []

    def look_up(*_arguments, **_options):
        asked.append(threading.current_thread())
        answer.wait(30)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield answer, asked
    answer.set()


def test_somebody_who_listens_answers():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert Door("127.0.0.1", server.getsockname()[1]).answers()


def test_nobody_does_not():
    with socket.create_server(("127.0.0.1", 0)) as server:
        door = Door("127.0.0.1", server.getsockname()[1])
        assert door.answers()
    assert not door.answers()


def test_who_hangs_up_at_once_does_not():
    with socket.create_server(("127.0.0.1", 0)) as server:
        door = Door("127.0.0.1", server.getsockname()[1])
        answers: list[bool] = []
        asking = threading.Thread(target=lambda: answers.append(door.answers()))
        asking.start()
        server.accept()[0].close()
        asking.join(5)
        assert answers == [False]


def test_a_host_that_cannot_be_one_does_not():
    assert not Door("." * 70, 80).answers()


def test_a_silent_name_server_is_not_waited_for_and_asked_once(silent_name_server):
    answer, asked = silent_name_server
    door = Door("camera.example", 554)
    began = time.monotonic()
    assert not door.answers()
    assert not door.answers()
    assert time.monotonic() - began < 2 * PATIENCE_S + 5
    assert len(asked) == 1
    answer.set()
    asked[0].join(10)
    assert not door.answers()
    assert not door.answers()
    assert len(asked) == 2
