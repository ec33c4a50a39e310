"""A real HTTP server on loopback that can be told to misbehave."""

from __future__ import annotations

import http.server
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Behaviour:
    """What the server does next; ``files`` by path, ``log`` of (path, Range header)."""

    files: dict[str, bytes] = field(default_factory=dict)
    ranges: bool = True
    cut_after: int | None = None
    stall_after: int | None = None
    pause_per_chunk: float = 0.0
    status: int | None = None
    log: list[tuple[str, str | None]] = field(default_factory=list)


class FileServer(http.server.ThreadingHTTPServer):
    """Answers from ``behaviour.files``; ``released`` ends the silence of stalled answers."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behaviour = Behaviour(files=dict(files))
        self.released = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(http.server.BaseHTTPRequestHandler):
    """Serves ``server.behaviour``."""

    server: FileServer

    def do_GET(self) -> None:
        behaviour = self.server.behaviour
        asked = self.headers.get("Range")
        behaviour.log.append((self.path, asked))
        content = behaviour.files.get(self.path)
        if behaviour.status or content is None:
            self.send_error(behaviour.status or 404)
            return
        start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked and behaviour.ranges else 0
        if start and start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self._send(content[start:], behaviour)

    def _send(self, content: bytes, behaviour: Behaviour) -> None:
        sent = 0
        for position in range(0, len(content), 10_000):
            if behaviour.cut_after is not None and sent >= behaviour.cut_after:
                return
            if behaviour.stall_after is not None and sent >= behaviour.stall_after:
                self.server.released.wait(20)
                return
            try:
                self.wfile.write(content[position : position + 10_000])
            except OSError:
                return
            sent += 10_000
            time.sleep(behaviour.pause_per_chunk)

    def log_message(self, *_: object) -> None:
        """The log that matters is the behaviour's."""


@contextmanager
def serve(files: Mapping[str, bytes]) -> Iterator[FileServer]:
    """A running server with these files by path."""
    with FileServer(files) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join(20)
