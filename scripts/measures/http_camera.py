"""A camera on the network: motion JPEG of the synthetic person, drawn before it starts.

``http_camera.py WIDTH HEIGHT FPS``: prints its address, and sends to whoever asks until it is ended.
"""

from __future__ import annotations

import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle

import cv2

from visaged.synthetic.camera import open_synthetic

SECONDS = 4
QUALITY = 85


class Server(ThreadingHTTPServer):
    """Holds the pictures."""

    def __init__(self, pictures: list[bytes], fps: float) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pictures, self.fps = pictures, fps


class Handler(BaseHTTPRequestHandler):
    """Sends each picture when it is due; forwards and backwards, so that nobody jumps."""

    server: Server

    def do_GET(self) -> None:
        """Without an end."""
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        began = time.monotonic()
        for number, picture in enumerate(cycle(self.server.pictures + self.server.pictures[-2:0:-1])):
            time.sleep(max(0.0, began + number / self.server.fps - time.monotonic()))
            head = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture)
            try:
                self.wfile.write(head + picture + b"\r\n")
            except OSError:
                return

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def main() -> None:
    """Draw, then serve."""
    width, height, fps = (int(word) for word in sys.argv[1:])
    with open_synthetic(1, width, height, fps) as camera:
        drawn = [camera.picture(index) for index in range(SECONDS * fps)]
    pictures = [cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes() for image in drawn]
    with Server(pictures, fps) as server:
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
