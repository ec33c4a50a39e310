"""A program whose children write snapshots until they are killed, at moments that chance chooses.

``python -m made.killed_writer FOLDER MODELS``: for each line that it reads it has one child killed, and answers.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

from made.snapshots import found_face, photographer, request
from made.waiting import eventually
from visaged.assembly import open_vision
from visaged.config import load
from visaged.snapshots.photographer import Picture
from visaged.snapshots.settings import Limits
from visaged.snapshots.store import Store

FEW = Limits(max_bytes=10**9, max_count=4, max_age_s=0.0, min_free_bytes=0)


def main(folder: Path, models: Path) -> None:
    vision = open_vision(load(None, [f'model.models_dir="{models}"', "model.pack=3ddfa_v2"]).config)
    face = found_face(vision)
    taken = photographer(vision, ply=True, rgb=True).take(request(face, colour=True), face, "command")
    chance = random.Random(5)
    folder.mkdir()
    for _ in sys.stdin:
        before = set(folder.iterdir())
        child = os.fork()
        if child == 0:
            write_for_ever(folder, taken)
        assert eventually(lambda before=before: set(folder.iterdir()) != before)
        time.sleep(chance.uniform(0.0, 0.01))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        print("killed", flush=True)


def write_for_ever(folder: Path, taken: Picture) -> None:
    store = Store(folder, FEW, with_parents=False)
    while True:
        store.save(time.time(), 3, taken.parts, taken.sidecar)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
