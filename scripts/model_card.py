"""Writes the model card of a pack, ``README.md`` and its figures, from what ``scripts/accuracy.py`` printed.

scripts/accuracy.py --set model.pack=open --net NET > measured.json
scripts/model_card.py measured.json [--beside OTHER.json] [--pack models/open]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

import cv2

from card import tables
from card.charts import Axis, Line, line_chart
from card.sheet import sheet
from measures.blink import FALSE_RATES
from measures.subject import open_subject
from visaged.models import manifest
from visaged.synthetic.camera import open_synthetic

TEMPLATE = Path(__file__).parent / "card/text.md"
SHEET = "synthetic.jpg"
SHEET_SEEDS = (11, 12, 13, 14)
SHEET_QUALITY = 85
SHOWN = f"""
## Synthetic pictures

People of the face model before the synthetic camera, and what is found of them: two rows as they come, a row of the
worst poses, a row of the worst openings of eyes, out of four minutes.

![Renderings, and what is found in them]({SHEET})
"""
ERRORS = (("geodesic", "pose, degrees"), ("nme_inner", "inner landmarks, percent of the face's size"))


def main() -> None:
    """Read and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measured", type=Path, help="what scripts/accuracy.py printed of the pack")
    parser.add_argument("--beside", type=Path, help="what it printed of another pack, for comparison")
    parser.add_argument("--pack", type=Path, default=Path("models/open"), help="folder of the pack")
    parser.add_argument("--sheet", action="store_true", help="draw the sheet of synthetic pictures anew")
    args = parser.parse_args()
    measured = json.loads(args.measured.read_text())
    other = json.loads(args.beside.read_text()) if args.beside else None
    described = manifest.decode((args.pack / manifest.NAME).read_text(encoding="utf-8"))
    (args.pack / "errors_over_yaw.svg").write_text(errors_over_yaw(measured), encoding="utf-8")
    (args.pack / "blinks.svg").write_text(blinks(measured), encoding="utf-8")
    if args.sheet:
        write_sheet(args.pack)
    text = card(described, measured, other, with_sheet=(args.pack / SHEET).exists())
    (args.pack / "README.md").write_text(text, encoding="utf-8")


def write_sheet(pack: Path) -> None:
    """Draw the sheet: people of the pack's own face model, seen with the pack's own networks."""
    subject = open_subject([f"model.pack={pack.name}", f'model.models_dir="{pack.parent}"'])
    cameras = [open_synthetic(seed, models_dir=pack.parent) for seed in SHEET_SEEDS]
    drawn = cv2.imencode(".jpg", sheet(subject.vision, cameras), [cv2.IMWRITE_JPEG_QUALITY, SHEET_QUALITY])[1]
    (pack / SHEET).write_bytes(drawn.tobytes())


def card(
    described: manifest.Manifest, measured: Mapping[str, Any], other: Mapping[str, Any] | None, *, with_sheet: bool
) -> str:
    """The text of the card; ``other``: what was measured of another pack; ``with_sheet``: of synthetic pictures."""
    template = Template(TEMPLATE.read_text(encoding="utf-8"))
    return template.substitute(
        name=described.name,
        version=described.version,
        licence=described.licence,
        permitted_use=described.permitted_use,
        parts=tables.parts(described),
        results=tables.results(measured, other),
        inner=tables.inner(measured),
        failures=tables.failures(measured),
        groups=tables.groups(measured),
        synthetic=SHOWN if with_sheet else "",
    )


def errors_over_yaw(measured: Mapping[str, Any]) -> str:
    """The chart of errors by yaw."""
    found = {_middle(name): of for name, of in measured["groups"]["yaw"].items()}
    lines = [
        Line(words, [(yaw, of[error]) for yaw, of in found.items() if of[error] is not None]) for error, words in ERRORS
    ]
    highest = max(height for line in lines for _, height in line.points)
    step = 5 if highest > 15 else 2
    ticks = range(0, int(highest) + step + 1, step)
    x, y = Axis("yaw, degrees", range(-90, 91, 30)), Axis("mean error", ticks)
    return line_chart("Error by yaw (AFLW2000-3D)", x, y, lines, (-45, ticks[-1] * 0.97))


def blinks(measured: Mapping[str, Any]) -> str:
    """The chart of the ROC curves of blinks."""
    told = {video: found["published"] for video, found in measured["blink"].items() if "published" in found}
    lines = [
        Line(f"{video} (AUC {of['auc']:.3f})", list(zip(FALSE_RATES, of["roc"], strict=True)))
        for video, of in told.items()
        if of["roc"]
    ]
    tenths = [tenth / 5 for tenth in range(6)]
    x, y = Axis("share of other frames called blinks", tenths), Axis("share of blinks' frames told", tenths)
    return line_chart("Blinks: receiver operating characteristic", x, y, lines, (0.5, 0.2))


def _middle(name: str) -> float:
    """Of a group of yaws such as ``-15_to_0``."""
    low, _, high = name.partition("_to_")
    return (int(low) + int(high)) / 2


if __name__ == "__main__":
    main()
