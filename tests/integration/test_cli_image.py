"""``visaged image`` as a person meets it: one line of JSON for each picture, one sentence for each that is none."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from made.pictures import write_picture
from visaged.cli import main

OPENINGS = {"eye_open", "mouth_open", "openings_from"}
FACE = {"score", "box", "roi", "confidence", "valid", "reason", "pose", "landmarks", "params"} | OPENINGS


@pytest.fixture
def image(made_pack_dir: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, list[Any], list[str]]]:
    """``image(*arguments)``: exit status, reports, and the lines on standard error."""

    def run(*arguments: object) -> tuple[int, list[Any], list[str]]:
        capsys.readouterr()
        status = main(["image", "--models-dir", str(made_pack_dir), "--pack", "3ddfa_v2", *map(str, arguments)])
        out, err = capsys.readouterr()
        return status, [json.loads(line, parse_constant=pytest.fail) for line in out.splitlines()], err.splitlines()

    return run


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write_picture(tmp_path / "good.png")


def given(folder: Path, content: object) -> Path:
    """A JSON file; text is written as it is."""
    path = folder / "given.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_report_has_the_promised_keys_types_and_sizes(image: Any, good: Path) -> None:
    status, (report,), err = image(good)
    assert (status, err) == (0, [])
    assert list(report) == ["image", "width", "height", "faces"]
    assert (report["image"], report["width"], report["height"]) == (str(good), 320, 240)
    (face,) = report["faces"]
    assert set(face) == FACE
    assert (face["valid"], face["reason"]) == (True, None)
    assert all(isinstance(value, float) for name in ("box", "roi", "params") for value in face[name])
    assert [len(face[name]) for name in ("box", "roi", "landmarks", "params")] == [4, 4, 68, 62]
    assert all(len(point) == 3 and all(isinstance(v, float) for v in point) for point in face["landmarks"])
    assert 0 <= face["confidence"] <= 1 and 0 <= face["score"] <= 1
    assert set(face["pose"]) == {"yaw", "pitch", "roll", "quaternion"}
    assert math.hypot(*face["pose"]["quaternion"]) == pytest.approx(1, abs=1e-5)


def test_openings_say_where_they_come_from(image: Any, good: Path, made_open_dir: Path) -> None:
    _, (measured,), _ = image(good)
    status, (said,), err = image(good, "--models-dir", made_open_dir, "--pack", "open")
    assert (status, err) == (0, [])
    (with_landmarks,), (with_network,) = measured["faces"], said["faces"]
    assert with_landmarks["openings_from"] == "landmarks"
    assert all(0 <= value <= 1 for value in (*with_landmarks["eye_open"], with_landmarks["mouth_open"]))
    assert with_network["openings_from"] == "network"
    assert (with_network["eye_open"], with_network["mouth_open"]) == ([0.9, 0.8], 0.05)


def test_nobody_there_is_an_empty_list(image: Any, tmp_path: Path) -> None:
    status, (report,), err = image(write_picture(tmp_path / "empty.png", face=False))
    assert (status, report["faces"], err) == (0, [], [])


def test_bad_pictures_are_named_and_the_good_ones_reported(image: Any, good: Path, tmp_path: Path) -> None:
    bad = {"zero.png": b"", "cut.png": good.read_bytes()[:200], "text.png": b"hello"}
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    paths = [good, *(tmp_path / name for name in [*bad, "none.png"]), tmp_path, good]
    status, reports, err = image(*paths)
    assert status == 1
    assert [report["image"] for report in reports] == [str(good), str(good)]
    expected = [
        "zero.png is empty",
        "cut.png is damaged",
        "text.png is not a picture",
        "none.png: No such file",
        "folder",
    ]
    assert len(err) == len(expected)
    assert all(line.startswith("visaged: ") and words in line for line, words in zip(err, expected, strict=True))


def test_a_name_that_is_no_utf_8_is_reported_all_the_same(image: Any, good: Path) -> None:
    odd = good.with_name("odd\udcff.png")
    odd.write_bytes(good.read_bytes())
    status, (report,), _ = image(odd)
    assert (status, Path(report["image"]).name) == (0, "odd\ufffd.png")


def test_boxes_take_the_place_of_detection_and_are_enlarged(image: Any, good: Path, tmp_path: Path) -> None:
    boxes = given(tmp_path, {"good.png": [[10, 20, 110, 140], [200, 100, 260, 170]]})
    status, (report,), _ = image(good, "--boxes", boxes)
    first, second = report["faces"]
    assert (status, first["box"], second["box"]) == (0, [10, 20, 110, 140], [200, 100, 260, 170])
    x1, y1, x2, y2 = first["roi"]  # upstream's rule: 1.58 times the mean side, moved down by 0.14 of it
    assert (x2 - x1, y2 - y1) == (173, 173)
    assert ((x1 + x2) / 2, (y1 + y2) / 2) == pytest.approx((60, 80 + 0.14 * 110))


def test_rois_are_cropped_as_they_are(image: Any, good: Path, tmp_path: Path) -> None:
    found = image(good)[1][0]["faces"][0]
    status, (report,), _ = image(good, "--rois", given(tmp_path, {str(good): [found["roi"], [0, 0, 90.5, 100]]}))
    same, other = report["faces"]
    assert (status, other["roi"]) == (0, [0, 0, 90.5, 100])
    assert same["roi"] == found["roi"]
    assert same["params"] == pytest.approx(found["params"], rel=1e-4, abs=1e-6)
    assert same["landmarks"][30] == pytest.approx(found["landmarks"][30], abs=0.01)


def test_a_picture_without_given_faces_has_none(image: Any, good: Path, tmp_path: Path) -> None:
    status, (report,), _ = image(good, "--boxes", given(tmp_path, {"good.png": []}))
    assert (status, report["faces"]) == (0, [])


@pytest.mark.parametrize("option", ["--boxes", "--rois"])
@pytest.mark.parametrize(
    "content",
    [
        "",
        "rubbish",
        '{"good.png": [[1, 2, 3, NaN]]}',
        '{"good.png": [[0, 0, 1e400, 10]]}',
        [[1, 2, 3, 4]],
        {"good.png": [1, 2, 3, 4]},
        {"good.png": [[1, 2, 3]]},
        {"good.png": [["a", 2, 3, 4]]},
        {"good.png": [[10, 10, 10, 50]]},
        {"good.png": [[50, 50, 10, 10]]},
        {"good.png": [[0, 0, 1e9, 1e9]]},
        {"other.png": [[1, 2, 30, 40]]},
    ],
)
def test_given_faces_that_make_no_sense_are_wrong_usage(
    image: Any, good: Path, tmp_path: Path, option: str, content: object
) -> None:
    status, reports, err = image(good, option, given(tmp_path, content))
    assert (status, reports, len(err)) == (2, [], 1)
    assert err[0].startswith(f"visaged: {tmp_path}/given.json: ")


@pytest.mark.parametrize("name", ["none.json", "."])
def test_a_file_of_given_faces_that_cannot_be_read_is_wrong_usage(
    image: Any, good: Path, tmp_path: Path, name: str
) -> None:
    status, reports, err = image(good, "--boxes", tmp_path / name)
    assert (status, reports, len(err)) == (2, [], 1)


def test_an_unknown_pack_says_where_it_looked(image: Any, good: Path, made_pack_dir: Path) -> None:
    status, reports, (sentence,) = image(good, "--pack", "nope")
    assert (status, reports) == (1, [])
    assert sentence.startswith(f"visaged: no model pack 'nope' in {made_pack_dir}; get one with")


def test_the_detector_of_the_face_pack_can_be_chosen(image: Any, good: Path) -> None:
    status, (report,), _ = image(good, "--detector", "faceboxes")
    assert (status, report["faces"]) == (0, [])  # the made FaceBoxes takes nothing for a face
