"""A process that publishes as fast as a broker takes it, until it is killed.

``python -m made.flooder PORT TOPIC QOS``, and on standard input what it publishes.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

WAITING = 500
"""Messages that are not acknowledged, or not sent, before it pauses."""


def flood(port: int, topic: str, qos: int, message: bytes) -> None:
    """Never returns."""
    client = paho.Client(CallbackAPIVersion.VERSION2, "flooder")
    client.connect("127.0.0.1", port)
    sent: list[paho.MQTTMessageInfo] = []
    client.loop_start()
    while True:
        sent = [info for info in sent if not info.is_published()]
        sent += [client.publish(topic, message, qos) for _ in range(WAITING - len(sent))]
        sent[0].wait_for_publish(1.0)


@contextmanager
def flooding(port: int, topic: str, qos: int, message: bytes) -> Iterator[None]:
    """Such a process, meanwhile."""
    command = [sys.executable, "-m", "made.flooder", str(port), topic, str(qos)]
    process = subprocess.Popen(command, cwd=Path(__file__).parent.parent, stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(message)
    process.stdin.close()
    try:
        yield
    finally:
        process.kill()
        process.wait(10)


if __name__ == "__main__":
    flood(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.stdin.buffer.read())
