"""The demo: models, broker, daemon and subscriber, all for real; then a summary and an annotated picture."""

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
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from visaged.config import load
from visaged.draw import draw_faces
from visaged.errors import VisagedError
from visaged.models import load as load_pack
from visaged.sources.opener import open_source
from visaged.vision.assembly import open_vision

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("VISAGED_SHARED", ROOT.parent / "shared"))
SAMPLE = SHARED / "samples/video/obama.mp4"
OUT = ROOT / "demo-out"
MODELS = OUT / "models"
DEVICE = "demo"
SHOWN_EVERY = 10
VISAGED = [sys.executable, "-m", "visaged"]


def main() -> int:
    """Run the demo; 0 if poses arrived at the subscriber."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument(
        "source", nargs="?", help="video, folder of pictures, camera or address (default: the sample video)"
    )
    parser.add_argument("--max-frames", type=int, default=300, help="end after so many frames (default: 300)")
    args = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    source = args.source or _default_source()
    _get_models()
    with _broker() as port, _subscriber(port) as received:
        settings = [
            f"mqtt.port={port}",
            f"device.id={DEVICE}",
            f"model.models_dir={MODELS}",
            "mqtt.health_interval_s=1",
        ]
        sets = [part for setting in settings for part in ("--set", setting)]
        _say(f"running the daemon: visaged run --source {source} --pace realtime")
        status = subprocess.run(
            [*VISAGED, "run", "--source", source, "--pace", "realtime", "--max-frames", str(args.max_frames), *sets],
            check=False,
        ).returncode
    messages = _show(received)
    _summarise(messages)
    if Path(source).exists():
        _say(f"annotated picture: {_annotate(source)}")
    _say(f"all messages: {OUT / 'messages.jsonl'}")
    return status or (0 if messages["pose"] else 1)


def _default_source() -> str:
    if SAMPLE.exists():
        return str(SAMPLE)
    if Path("/dev/video0").exists():
        return "/dev/video0"
    sys.exit(
        "scripts/demo: there is neither a camera nor the sample video beside the checkout; "
        "give a video of a face: scripts/demo VIDEO"
    )


def _get_models() -> None:
    """Into the demo's own folder, from the data beside the checkout, else from where they are published."""
    try:
        load_pack("3ddfa_v2", MODELS), load_pack("yunet", MODELS)
        return
    except VisagedError:
        pass
    command = [*VISAGED, "models", "--models-dir", str(MODELS)]
    if (SHARED / "upstream").is_dir():
        _say(f"importing the models from {SHARED / 'upstream'} (unverified: the face model there is a stand-in)")
        subprocess.run(
            [*command, "import", str(SHARED / "upstream"), "--allow-unverified"], check=True, stdout=sys.stderr
        )
        return
    for name in ("3ddfa_v2", "yunet"):
        _say(f"fetching the model pack {name}")
        if subprocess.run([*command, "fetch", name], check=False, stdout=sys.stderr).returncode:
            sys.exit("scripts/demo: no models, see above; with a folder of them: visaged models import DIR")


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
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait(10)


@contextmanager
def _subscriber(port: int) -> Iterator[list[tuple[str, str]]]:
    """Every message that a subscriber gets, as topic and text."""
    received: list[tuple[str, str]] = []
    client = Client(CallbackAPIVersion.VERSION2)
    client.on_connect = lambda *_: client.subscribe(f"visaged/{DEVICE}/#")
    client.on_message = lambda _client, _userdata, message: received.append((message.topic, message.payload.decode()))
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        yield received
        time.sleep(0.5)
    finally:
        client.disconnect()
        client.loop_stop()


def _show(received: list[tuple[str, str]]) -> dict[str, list[dict[str, Any]]]:
    """Print what the subscriber saw, leaving out most of the poses; give back the messages by kind."""
    _say(f"as the subscriber saw it (of the poses every {SHOWN_EVERY}th)")
    messages: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for topic, text in received:
        kind = topic.rpartition("/")[2]
        messages[kind].append(json.loads(text))
        if kind != "pose" or len(messages["pose"]) % SHOWN_EVERY == 1:
            print(f"{topic}  {text[:400]}{'...' if len(text) > 400 else ''}")
    (OUT / "messages.jsonl").write_text("".join(f"{text}\n" for _, text in received))
    return messages


def _summarise(messages: dict[str, list[dict[str, Any]]]) -> None:
    poses = messages["pose"]
    if not poses:
        _say("no pose arrived")
        return
    seconds = poses[-1]["mono"] - poses[0]["mono"]
    latencies = sorted(pose["latency_ms"] for pose in poses)
    faces = {face["id"] for pose in poses for face in pose["faces"]}
    valid = sum(any(face["valid"] for face in pose["faces"]) for pose in poses)
    rss = max((health["rss_mb"] for health in messages["health"]), default=None)
    _say("summary")
    print(f"frames    {len(poses)} published, {sum(pose['skipped'] for pose in poses)} skipped for newer ones")
    print(f"rate      {(len(poses) - 1) / seconds if seconds else 0:.1f} frames per second")
    print(f"latency   {latencies[len(latencies) // 2]:.1f} ms median, {latencies[-1]:.1f} ms worst, capture to publish")
    print(f"faces     {len(faces)} tracked; a valid face in {valid} of {len(poses)} frames")
    print(f"memory    {rss} MB")


def _annotate(source: str) -> Path:
    """The first frame with a face, with what was found drawn onto it."""
    tracker = open_vision(load(None, [f'model.models_dir="{MODELS}"']).config).tracker()
    path = OUT / "annotated.png"
    with open_source(source) as opened:
        for frame in iter(opened.read, None):
            faces = tracker.update(frame.image)
            cv2.imwrite(str(path), draw_faces(frame.image, faces))
            if faces:
                break
    return path


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
    sys.exit(main())
