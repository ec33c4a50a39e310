"""The axes contract, checked against the formulas and against people who were measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from visaged.mqtt import axes


def rotation_of(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """R = Rx(pitch) Ry(yaw) Rz(roll), the matrices of 300W-LP and AFLW2000-3D written out."""
    (cp, cy, cr), (sp, sy, sr) = np.cos(np.radians([pitch, yaw, roll])), np.sin(np.radians([pitch, yaw, roll]))
    rx = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    ry = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    rz = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
    return rx @ ry @ rz


def turned_by(q: list[float], v: np.ndarray) -> np.ndarray:
    """q v q*, Hamilton's product, for q = (w, x, y, z)."""
    w, u = q[0], np.array(q[1:])
    return v + 2 * w * np.cross(u, v) + 2 * np.cross(u, np.cross(u, v))


def test_golden_rotation_is_that_of_the_golden_angles() -> None:
    golden = axes.contract()["golden"]
    expected = rotation_of(golden["yaw"], golden["pitch"], golden["roll"])
    np.testing.assert_allclose(golden["rotation"], expected, atol=1e-6)


def test_golden_quaternion_turns_vectors_as_the_golden_rotation_does() -> None:
    golden = axes.contract()["golden"]
    assert golden["q"][0] >= 0
    for v in np.eye(3):
        np.testing.assert_allclose(turned_by(golden["q"], v), np.array(golden["rotation"]) @ v, atol=5e-6)


def test_golden_nose_is_where_the_head_looks() -> None:
    golden = axes.contract()["golden"]
    np.testing.assert_allclose(golden["nose"], np.array(golden["rotation"]) @ [0, 0, 1], atol=1e-6)


@pytest.mark.parametrize(
    ("angle", "head", "camera"),
    [
        ("yaw", (0, 0, 1), (-1, 0, 0)),  # the nose goes to the left edge
        ("pitch", (0, 0, 1), (0, 1, 0)),  # the nose goes up
        ("roll", (0, 1, 0), (1, 0, 0)),  # the top of the head goes to the right edge
    ],
)
def test_signs_are_as_the_words_say(angle: str, head: tuple[int, int, int], camera: tuple[int, int, int]) -> None:
    turn = np.array(axes.rotation(**({"yaw": 0.0, "pitch": 0.0, "roll": 0.0} | {angle: 30.0})))
    assert np.dot(turn @ head, camera) == pytest.approx(0.5)


@pytest.mark.needs_shared
def test_signs_agree_with_the_ground_truth_of_aflw2000(shared: Path) -> None:
    data = np.load(shared / "eval" / "aflw2000" / "groundtruth.npz")
    pitch, yaw, roll = np.degrees(data["pose_para_rad"]).T[:3]
    x, y = data["pts68"][:, 0], data["pts68"][:, 1]
    eyes_x, eyes_y, ears_y = x[:, 36:48].mean(1), y[:, 36:48].mean(1), y[:, [0, 16]].mean(1)
    moderate = (np.abs(yaw) < 60) & (np.abs(pitch) < 60) & (np.abs(roll) < 60)
    facing, level = moderate & (np.abs(yaw) < 25), moderate & (np.abs(roll) < 25)

    def agreement(picture: np.ndarray, angle: np.ndarray, which: np.ndarray) -> float:
        return float(np.corrcoef(picture[which], angle[which])[0, 1])

    face_height = np.abs(y[:, 8] - eyes_y)
    assert agreement((eyes_x - x[:, 30]) / face_height, yaw, level) > 0.9  # nose tip left of the eyes
    assert agreement((ears_y - eyes_y) / face_height, pitch, facing & level) > 0.9  # ears below the eyes
    assert agreement((eyes_x - x[:, 8]) / face_height, roll, facing) > 0.9  # eyes right of the chin
