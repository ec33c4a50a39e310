"""The notification protocol, against a socket as systemd has one."""

import socket

import pytest

from visaged.systemd.notify import Notifier


@pytest.fixture(params=["path", "abstract"])
def heard(request, tmp_path):
    """A notifier, and ``next_message()`` of what it says."""
    address = str(tmp_path / "notify") if request.param == "path" else f"@visaged-{tmp_path}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(address.replace("@", "\0", 1))
        channel.settimeout(5)
        yield Notifier({"NOTIFY_SOCKET": address}), lambda: channel.recv(4096).decode()


def test_each_word_is_a_datagram(heard):
    notifier, next_message = heard
    notifier.ready()
    notifier.watchdog()
    notifier.status("online")
    notifier.stopping("received SIGTERM")
    assert [next_message() for _ in range(4)] == [
        "READY=1",
        "WATCHDOG=1",
        "STATUS=online",
        "STOPPING=1\nSTATUS=stopping: received SIGTERM",
    ]


def test_a_reload_carries_its_time(heard):
    notifier, next_message = heard
    notifier.reloading()
    first, second = next_message().splitlines()
    name, _, microseconds = second.partition("=")
    assert (first, name) == ("RELOADING=1", "MONOTONIC_USEC") and int(microseconds) > 0


def test_a_status_cannot_smuggle_in_another_word_and_stays_short(heard):
    notifier, next_message = heard
    notifier.status("bad\nREADY=1 " + "x" * 5000)
    message = next_message()
    assert message.startswith("STATUS=bad READY=1 xxx") and "\n" not in message and len(message) < 400


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "/nowhere/at/all"}])
def test_without_systemd_nothing_happens(environment):
    Notifier(environment).ready()


def test_a_systemd_that_does_not_read_holds_nothing_up(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        for _ in range(5000):
            notifier.watchdog()
