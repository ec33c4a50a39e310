"""The socket of a connection to a broker: how it is set, and how it is given up."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator

SEND_BUFFER = 32 * 1024
"""Bytes the kernel may hold back: a few seconds of pose messages at most, for older ones are worth nothing."""

RECEIVE_BUFFER = 32 * 1024
"""Likewise of what comes in and may only be read as fast as its ration allows: an acknowledgement waits behind it."""


def set_up(connection: socket.socket, keepalive_s: int, *, is_rationed: bool) -> None:
    """``is_rationed``: whether less may be read than comes."""
    # Nagle's algorithm would hold a pose back until the one before it is acknowledged: up to 40 ms.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        # MQTT's own probe takes two keep-alives to tell a cut network, and TCP may sleep a minute after it is back.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, keepalive_s * 1000)
    if is_rationed:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)


@contextlib.contextmanager
def heard_out(connection: socket.socket, deadline: float) -> Iterator[None]:
    """Within, ``connection`` may be closed; what still comes is then thrown away until the other side closes it, too,
    at the latest until ``deadline`` (monotonic seconds).

    To close what has not been read is to reset a connection, and a broker may take that for a loss, leave or no leave.
    """
    spare = socket.socket(fileno=os.dup(connection.fileno()))
    try:
        yield
        with contextlib.suppress(OSError):
            while (left_s := deadline - time.monotonic()) > 0.0:
                spare.settimeout(left_s)
                if not spare.recv(65536):
                    return
    finally:
        spare.close()
