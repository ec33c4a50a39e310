"""An HTTP camera on loopback: one that sends, one that stalls, one that ends, one that takes its time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

PICTURES = [cv2.imencode(".jpg", np.full((120, 160, 3), 90 + grey, np.uint8))[1].tobytes() for grey in range(8)]
PART = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n"
PARTS = [PART % (len(picture), picture) for picture in PICTURES]
SENT = {"/endless": 100_000, "/slow": 100_000, "/stalls": 100, "/ends": 100}
SLOW_OPENING_S = 4.0


class _Server(ThreadingHTTPServer):
    """Tells its handlers when the test is over."""

    allow_reuse_address = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Camera)
        self.stopping = threading.Event()


class _Camera(BaseHTTPRequestHandler):
    """Motion JPEG; ``/slow`` is late, ``/stalls`` keeps the connection open and silent, ``/ends`` closes it."""

    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        stopping = self.server.stopping
        if self.path == "/slow":
            stopping.wait(SLOW_OPENING_S)
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        try:
            for number in range(SENT[self.path]):
                self.wfile.write(PARTS[number % len(PARTS)])
                if stopping.wait(0.02):
                    return
        except OSError:  # the reader has gone
            return
        if self.path == "/stalls":
            stopping.wait(30)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def http_camera(port: int = 0) -> Iterator[str]:
    """The address, with a password in it, of a camera that has the paths of ``SENT``; 0: any port."""
    with _Server(port) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://me:secret@127.0.0.1:{server.server_port}"
        server.stopping.set()
        server.shutdown()
