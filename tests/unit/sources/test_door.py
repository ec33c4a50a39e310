"""Knocking at addresses whose names take long to look up."""

import contextlib
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


@pytest.fixture
def server():
    """``server(answer, ...)``: one that gives each who asks the next answer, the door to it, and what was asked.

    An answer with seconds before it comes so late.
    """
    listening = []

    def start(*answers):
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)
        asked = []

        def serve():
            for answer in answers:
                connection, _ = server.accept()
                with connection:
                    connection.settimeout(1)
                    try:
                        asked.append(connection.recv(1000))
                    except TimeoutError:
                        asked.append(b"")
                    delay_s, words = answer if isinstance(answer, tuple) else (0, answer)
                    time.sleep(delay_s)
                    with contextlib.suppress(OSError):
                        connection.sendall(words)

        threading.Thread(target=serve, daemon=True).start()
        return server, Door("127.0.0.1", server.getsockname()[1], QUESTION, (b"404", b"410")), asked

    yield start
    for one in listening:
        one.close()


@pytest.fixture
def at_once(monkeypatch):
    """A server may be asked again at once."""
    monkeypatch.setattr("visaged.sources.door.ASKED_EVERY_S", 0)


QUESTION = b"DESCRIBE rtsp://camera.example/ RTSP/1.0\r\n\r\n"
DENIAL = b"RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n"


def test_who_knocks_says_nothing(server):
    _, door, asked = server(b"")
    assert door.answers()
    assert asked in ([], [b""])


@pytest.mark.parametrize("denial", [DENIAL, b"HTTP/1.1 410 Gone\r\n\r\n"])
def test_what_is_not_there_is_asked_for_until_it_is(server, at_once, denial):
    _, door, asked = server(denial, denial, b"RTSP/1.0 200 OK\r\n\r\n", b"")
    assert not door.has_it()
    assert door.denied in ("404 Not Found", "410 Gone")
    assert not door.answers() and door.denied
    assert door.answers() and door.denied is None
    assert door.answers()
    assert asked[:3] == [QUESTION] * 3 and asked[3:] in ([], [b""])


def test_a_denial_is_not_believed_for_ever(server, monkeypatch):
    _, door, asked = server(DENIAL, b"")
    assert not door.has_it() and not door.answers()
    monkeypatch.setattr("visaged.sources.door.DENIED_FOR_S", 0)
    assert door.answers() and door.denied is None
    assert asked in ([QUESTION], [QUESTION, b""])


def test_a_server_that_thinks_about_it_is_waited_for_in_the_background(server, at_once, monkeypatch):
    monkeypatch.setattr("visaged.sources.door.PATIENCE_S", 0.1)
    _, door, _ = server((0.5, DENIAL), (0.5, DENIAL))
    assert not door.has_it() and door.denied is None
    time.sleep(0.7)
    assert not door.answers() and door.denied
    assert not door.answers() and door.denied


def test_a_server_that_does_not_answer_is_believed_what_it_said_before(server, at_once, monkeypatch):
    monkeypatch.setattr("visaged.sources.door.ANSWER_S", 0.2)
    _, door, _ = server(DENIAL, (0.6, b""))
    assert not door.has_it() and door.denied
    assert not door.answers() and door.denied


def test_a_server_is_not_asked_again_within_a_second(server):
    _, door, asked = server(DENIAL, DENIAL)
    for _ in range(20):
        assert not door.answers() or not door.has_it()
    assert len([words for words in asked if words]) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 401 Unauthorized\r\n\r\n",
        b"HTTP/1.1 503 Service Unavailable\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n404",
        b"404 Not Found\r\n",
        b"\xff" * 1000,
        b"",
    ],
)
def test_any_other_answer_is_left_to_who_reads_the_stream(server, answer):
    _, door, _ = server(answer)
    assert door.has_it() and door.denied is None


def test_a_server_that_goes_away_no_longer_denies(server, at_once):
    listening, door, _ = server(DENIAL)
    assert not door.has_it() and door.denied
    listening.close()
    assert not door.answers() and door.denied is None
