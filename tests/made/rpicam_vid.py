"""Stands for rpicam-vid: writes YUV 4:2:0 pictures to standard output, and misbehaves as a file says, read each time.

The file is ``$FAKE_RPICAM``; its first word is ``fine``, ``stall``, ``hang``, ``die``, ``busy``, ``half``, ``freeze``,
``black`` or ``slow`` (what hangs or sends a half does so until it is started again); with ``deaf`` behind it SIGTERM is
ignored. Beside it, ``args`` has the last command line and ``pids`` every process. It is started
often, so it imports little.
"""

import os
import signal
import sys
import time

GREY, BLACK_Y, NO_COLOUR = b"\x80", b"\x10", b"\x80"


def main() -> None:
    orders = os.environ["FAKE_RPICAM"]
    folder = os.path.dirname(orders)
    with open(f"{folder}/args", "w") as args, open(f"{folder}/pids", "a") as pids:
        args.write(" ".join(sys.argv[1:]))
        pids.write(f"{os.getpid()}\n")
    options = dict(zip(sys.argv[1:], sys.argv[2:], strict=False))
    width, height, fps = int(options["--width"]), int(options["--height"]), float(options["--framerate"])
    number = 0
    while True:
        with open(orders) as told:
            mode, *more = told.read().split()
        signal.signal(signal.SIGTERM, signal.SIG_IGN if more else signal.SIG_DFL)
        number += mode != "freeze"
        picture = made(width * height, number, BLACK_Y if mode == "black" else GREY)
        if mode == "die":
            sys.exit("ERROR: *** no cameras available ***")
        if mode == "busy":
            sys.exit("ERROR: *** failed to acquire camera /base/soc/i2c0mux/i2c@1/imx708@1a ***")
        if mode == "stall":
            time.sleep(0.02)
            continue
        if mode in ("half", "hang"):
            send(picture[: len(picture) // 2 if mode == "half" else 0])
            time.sleep(60)
        send(picture)
        time.sleep(1.0 / (fps if mode != "slow" else 3.0))


def made(pixels: int, number: int, luma: bytes) -> bytes:
    """A picture of one grey whose first pixels tell its number."""
    first = bytes([luma[0] + number % 64]) * 64 if luma == GREY else luma * 64
    return first + luma * (pixels - 64) + NO_COLOUR * (pixels // 2)


def send(data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(1, rest) :]


if __name__ == "__main__":
    main()
