"""The demo: broker, daemon and subscriber, all for real; then a summary and an annotated picture."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from visaged.assembly import models_folder, open_vision
from visaged.cli.options import positive
from visaged.config import load
from visaged.draw import draw_faces
from visaged.errors import VisagedError
from visaged.sources.opener import open_source
from visaged.values import NOT_TRACKED

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("VISAGED_SHARED", ROOT.parent / "shared"))
SAMPLE = SHARED / "samples/video/obama.mp4"
OUT = ROOT / "demo-out"
MESSAGES = OUT / "messages.jsonl"
ANNOTATED = OUT / "annotated.png"
DEFAULTS = ROOT / "config/visaged.toml"
"""The demo's own daemon is not set up by what this machine has in /etc."""

DEVICE = "demo"
SHOWN_EVERY = 10
VISAGED = [sys.executable, "-m", "visaged"]

Messages = dict[str, list[dict[str, Any]]]


def main() -> int:
    """Run the demo; 0 if poses arrived at the subscriber."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument(
        "source",
        nargs="?",
        help="video, folder of pictures, camera, address or synthetic (default: the sample video, or else the first "
        "camera, or else synthetic)",
    )
    parser.add_argument("--max-frames", type=positive, default=300, help="end after so many frames (default: 300)")
    args = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    source = args.source or _default_source()
    with _broker() as port, _subscriber(port) as messages:
        status = _run_daemon(source, args.max_frames, port)
    _summarise(messages)
    _say(_annotate(source, args.max_frames))
    _say(f"all messages: {MESSAGES}")
    return status or (0 if messages["pose"] else 1)


def _default_source() -> str:
    return str(next((place for place in (SAMPLE, Path("/dev/video0")) if place.exists()), "synthetic"))


@contextmanager
def _broker() -> Iterator[int]:
    """A private broker on a free port of this machine: mosquitto, or else amqtt."""
    port = _free_port()
    mosquitto = shutil.which("mosquitto")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "broker.conf")
        if mosquitto:
            file.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
            command = [mosquitto, "-c", str(file)]
        else:
            file.write_text(
                f"listeners:\n  default:\n    type: tcp\n    bind: 127.0.0.1:{port}\n"
                "plugins:\n  amqtt.plugins.authentication.AnonymousAuthPlugin:\n    allow_anonymous: true\n"
            )
            command = [str(Path(sys.executable).with_name("amqtt")), "-c", str(file)]
        _say(f"starting a private broker on port {port}: {Path(command[0]).name}")
        with Path(OUT, "broker.log").open("w") as log:
            # Ctrl-C is for the daemon, whose last words the broker still has to pass on.
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait(10)


@contextmanager
def _subscriber(port: int) -> Iterator[Messages]:
    """Prints what a subscriber gets as it arrives, most of the poses left out; all of it is kept, by kind."""
    messages: Messages = defaultdict(list)

    def show(topic: str, text: str) -> None:
        file.write(f"{text}\n")
        kind = topic.rpartition("/")[2]
        messages[kind].append(json.loads(text))
        if kind != "pose" or len(messages["pose"]) % SHOWN_EVERY == 1:
            print(f"{topic}  {text[:400]}{'...' if len(text) > 400 else ''}", flush=True)

    client = Client(CallbackAPIVersion.VERSION2)
    client.on_connect = lambda *_: client.subscribe(f"visaged/{DEVICE}/#")
    client.on_message = lambda _client, _userdata, message: show(message.topic, message.payload.decode())
    with MESSAGES.open("w") as file:
        client.connect("127.0.0.1", port)
        client.loop_start()
        try:
            yield messages
            time.sleep(0.5)
        finally:
            client.disconnect()
            client.loop_stop()


def _run_daemon(source: str, max_frames: int, port: int) -> int:
    settings = [
        f"mqtt.port={port}",
        f"device.id={DEVICE}",
        "mqtt.health_interval_s=1",
    ]
    sets = [part for setting in settings for part in ("--set", setting)]
    _say(f"running the daemon: visaged run --source {source} --pace realtime --max-frames {max_frames}")
    _say(f"what follows is what the subscriber sees (of the poses every {SHOWN_EVERY}th) and what the daemon logs")
    options = ["--source", source, "--pace", "realtime", "--max-frames", str(max_frames), "--config", str(DEFAULTS)]
    daemon = subprocess.Popen([*VISAGED, "run", *options, *sets])
    with suppress(KeyboardInterrupt):  # it reaches the daemon as well, which then ends in order
        return daemon.wait()
    return daemon.wait()


def _summarise(messages: Messages) -> None:
    poses = messages["pose"]
    if not poses:
        _say("no pose arrived")
        return
    seconds = poses[-1]["mono"] - poses[0]["mono"]
    latencies = sorted(pose["latency_ms"] for pose in poses)
    faces = {face["id"] for pose in poses for face in pose["faces"]} - {NOT_TRACKED}
    valid = sum(any(face["valid"] for face in pose["faces"]) for pose in poses)
    rss = max((health["rss_mb"] for health in messages["health"]), default=None)
    _say("summary")
    print(f"frames    {len(poses)} published, {sum(pose['skipped'] for pose in poses)} skipped for newer ones")
    print(f"rate      {(len(poses) - 1) / seconds if seconds else 0:.1f} frames per second")
    print(f"latency   {latencies[len(latencies) // 2]:.1f} ms median, {latencies[-1]:.1f} ms worst, capture to publish")
    print(f"faces     {len(faces)} tracked; a valid face in {valid} of {len(poses)} frames")
    print(f"memory    {rss} MB")


def _annotate(source: str, max_frames: int) -> str:
    """Write the first frame with a face, with what was found drawn onto it, or the last one where nobody is seen."""
    config = load(DEFAULTS, []).config
    tracker = open_vision(config).tracker()
    try:
        with open_source(source, models_dir=models_folder(config.model)) as opened:
            for frame in islice(iter(opened.read, None), max_frames):
                picture, faces = frame.image, tracker.update(frame.picture)
                if faces:
                    break
    except VisagedError as exc:
        return f"no annotated picture: {exc}"
    cv2.imwrite(str(ANNOTATED), draw_faces(picture, faces))
    return f"{'annotated picture' if faces else 'nobody was seen; the last frame'}: {ANNOTATED}"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit(f"scripts/demo: the broker did not start, see {OUT / 'broker.log'}")


def _say(text: str) -> None:
    print(f"\033[1m==> {text}\033[0m", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
