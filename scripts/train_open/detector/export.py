"""Write the trained detector as an ONNX file that the ``yunet`` kind of detector reads.

    python -m detector.export detector.pt labels.npz --out models/open/detector.onnx

The scores of each grid are shifted so that of scenes without a face, composed of held-out pictures, one in three
hundred has a score above the threshold at which the daemon counts a face. Prints the shifts, and the share of the
faces in held-out scenes that are found then, as one JSON object.
"""

import argparse
import json
import warnings
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch

from detector import material
from detector.network import OUTPUTS, SIZES, STRIDES, Detector, Grids, cells_of, pixels_of
from detector.scenes import Scene, compose, compose_empty
from detector.targets import box_loss, boxes_at, cells_in

THRESHOLD = 0.6  # of the daemon's decoder
FALSE_FACES = (
    1 / 300
)  # for each grid, of scenes, half of which hold a head without a face, or one upside down: harder than life
SAME_FACE = 0.5  # intersection over union
SCENES, WIDTH, HEIGHT = 2000, 320, 192


def calibrate(grids: Grids, empty: np.ndarray) -> list[float]:
    """Shift both logits of every grid so that THRESHOLD suits it; ``empty`` (n, h, w, 3) uint8 show no face.

    Grids differ: what is small is easily taken for a face, what is large hardly. Returns the shifts.
    """
    found = [grids(pixels_of([picture])) for picture in empty]
    shifts = [_shift(torch.cat([cells_of([levels[i]])[..., :2] for levels in found])) for i in range(len(STRIDES))]
    for head, shift in zip(grids.head, shifts, strict=True):
        head[-1].bias[:2] += shift
    return shifts


def _shift(logits: torch.Tensor) -> float:
    """The largest at which no more than FALSE_FACES of the scenes have a cell above the threshold; (n, cells, 2)."""
    lowest, highest = -6.0, 6.0
    for _ in range(24):
        middle = (lowest + highest) / 2
        if (_scores(logits + middle).amax(1) > THRESHOLD).float().mean() > FALSE_FACES:
            highest = middle
        else:
            lowest = middle
    return lowest


def _scores(logits: torch.Tensor) -> torch.Tensor:
    """As the daemon's decoder has them, from the last axis (2)."""
    return torch.sigmoid(logits).prod(-1).sqrt()


def empty_scenes(faces: material.Material, count: int) -> np.ndarray:
    """(count, h, w, 3) uint8."""
    rng = np.random.default_rng(0)
    return np.stack([compose_empty(faces, WIDTH, HEIGHT, rng).image for _ in range(count)])


def share_found(grids: Grids, scenes: list[Scene]) -> float:
    """Of the faces that count, those on which a cell with a score above the threshold puts a box."""
    hits = []
    for scene in scenes:
        raw = cells_of(grids(pixels_of([scene.image])))[0]
        cells = torch.from_numpy(cells_in(*scene.image.shape[1::-1]))
        sure = _scores(raw[:, :2]) > THRESHOLD
        boxes = boxes_at(raw[sure, 2:6], cells[sure])
        for box in torch.from_numpy(scene.boxes[scene.counts]):
            hits.append(bool((box_loss(boxes, box.expand_as(boxes))[0] > SAME_FACE).any()))
    return sum(hits) / max(1, len(hits))


def write(grids: Grids, path: Path) -> None:
    sizes = {2: "h", 3: "w"}
    rows = {name: {1: f"n{name.rpartition('_')[2]}"} for name in OUTPUTS}
    partial = path.with_suffix(".partial")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            Detector(grids).eval(),
            (torch.zeros(1, 3, 2 * STRIDES[-1], 3 * STRIDES[-1]),),
            str(partial),
            dynamo=False,
            opset_version=13,
            input_names=["input"],
            output_names=OUTPUTS,
            dynamic_axes={"input": sizes, **rows},
        )
    model = onnx.load(partial)
    for output in model.graph.output:  # the exporter does not see that these are fixed
        first, _, last = output.type.tensor_type.shape.dim
        first.dim_value, last.dim_value = 1, SIZES[output.name.partition("_")[0]]
    onnx.checker.check_model(model)
    onnx.save(model, partial)
    partial.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("labels", nargs="+", type=Path, help="what label.py wrote")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--scenes", type=int, default=SCENES, help="how many scenes without a face to look at")
    parser.add_argument("--without", type=int, nargs="*", default=[], help="numbers of backgrounds that show a face")
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    grids = Grids().eval()
    grids.load_state_dict(torch.load(args.checkpoint, weights_only=True)["average"])
    held_out = material.load(args.labels, held_out=True, without=args.without)
    with torch.no_grad():
        shifts = calibrate(grids, empty_scenes(held_out, args.scenes))
        rng = np.random.default_rng(1)
        scenes = [compose(held_out, WIDTH, HEIGHT, rng) for _ in range(args.scenes // 4)]
        found = share_found(grids, scenes)
        write(grids, args.out)
    print(json.dumps({"shifts": [round(shift, 3) for shift in shifts], "found": round(found, 4)}))


if __name__ == "__main__":
    main()
