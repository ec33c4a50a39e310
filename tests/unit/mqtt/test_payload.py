"""From value objects to the messages of schema version 1."""

from __future__ import annotations

import json
import math
from typing import Any

import cbor2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visaged.mqtt import payload
from visaged.mqtt.codec import encode
from visaged.mqtt.payload import CameraInfo, Health, Info, PackInfo, Percentiles, Stamp

STAMP = Stamp(812, "5f0c2a", 1795354646.8071, 81.40249)
BAD_NUMBERS = [math.nan, math.inf, -math.inf, 1e300, np.float32("nan")]


def numbers_in(value: Any) -> list[float]:
    """Every number in a message."""
    if isinstance(value, dict):
        return [number for entry in value.values() for number in numbers_in(entry)]
    if isinstance(value, list):
        return [number for entry in value for number in numbers_in(entry)]
    return [value] if isinstance(value, (int, float)) else []


def test_pose_is_the_example_of_the_contract_byte_for_byte(make_face: Any) -> None:
    message = payload.pose(STAMP, 7.9, 0, [make_face()])
    assert encode(message, "json") == (
        b'{"v":1,"seq":812,"boot_id":"5f0c2a","utc":1795354646.807,"mono":81.402,"latency_ms":7.9,"skipped":0,'
        b'"faces":[{"id":3,"confidence":0.97,"valid":true,"box":[412,188,655,492],"yaw":-12.4,"pitch":3.1,"roll":0.8,'
        b'"q":[0.9941,0.0271,-0.1079,0.0068],"eye_open":[0.91,0.88],"mouth_open":0.04}]}'
    )


def test_nobody_there_is_an_empty_list() -> None:
    assert payload.pose(STAMP, 1.0, 2, [])["faces"] == []


def test_json_and_cbor_say_the_same(make_face: Any) -> None:
    message = payload.pose(STAMP, 7.9, 0, [make_face(), make_face(valid=False, reason="low_confidence")])
    assert json.loads(encode(message, "json")) == cbor2.loads(encode(message, "cbor")) == message


def test_invalid_face_carries_its_reason(make_face: Any) -> None:
    (face,) = payload.pose(STAMP, 1.0, 0, [make_face(valid=False, reason="yaw_out_of_range")])["faces"]
    assert (face["valid"], face["reason"]) == (False, "yaw_out_of_range")


def test_invalid_face_without_a_reason_says_so(make_face: Any) -> None:
    (face,) = payload.pose(STAMP, 1.0, 0, [make_face(valid=False)])["faces"]
    assert face["reason"] == "unspecified"


@pytest.mark.parametrize("bad", BAD_NUMBERS)
@pytest.mark.parametrize("key", ["yaw", "pitch", "roll"])
def test_angle_that_is_no_number_is_null_and_not_valid(make_face: Any, key: str, bad: float) -> None:
    (face,) = payload.pose(STAMP, 1.0, 0, [make_face(**{key: bad})])["faces"]
    assert (face["yaw"], face["valid"], face["reason"]) == (None, False, "not_finite")


@pytest.mark.parametrize("bad", BAD_NUMBERS)
def test_quaternion_box_or_confidence_that_is_no_number_is_null_and_not_valid(make_face: Any, bad: float) -> None:
    changes = {"q": {"quaternion": (bad, 0, 0, 0)}, "box": {"box": (0, bad, 1, 1)}, "confidence": {"confidence": bad}}
    for key, change in changes.items():
        (face,) = payload.pose(STAMP, 1.0, 0, [make_face(**change)])["faces"]
        assert (face[key], face["valid"], face["reason"]) == (None, False, "not_finite")


def test_reason_of_a_face_that_was_invalid_before_is_kept(make_face: Any) -> None:
    (face,) = payload.pose(STAMP, 1.0, 0, [make_face(yaw=math.nan, valid=False, reason="tracking_lost")])["faces"]
    assert (face["yaw"], face["reason"]) == (None, "tracking_lost")


@given(st.lists(st.floats(), min_size=12, max_size=12), st.booleans())
def test_whatever_the_numbers_the_message_is_strict_json(make_face: Any, values: list[float], valid: bool) -> None:
    face = make_face(
        box=tuple(values[:4]), quaternion=tuple(values[4:8]), yaw=values[8], pitch=values[9], roll=values[10],
        confidence=values[11], valid=valid,
    )  # fmt: skip
    message = payload.pose(STAMP, values[0], 0, [face])
    assert json.loads(encode(message, "json"), parse_constant=pytest.fail) == message
    assert cbor2.loads(encode(message, "cbor")) == message
    assert all(math.isfinite(number) for number in numbers_in(message))
    if message["faces"][0]["valid"]:
        assert None not in message["faces"][0].values()


def test_negative_zero_is_zero(make_face: Any) -> None:
    assert b"-0.0" not in encode(payload.pose(STAMP, 1.0, 0, [make_face(yaw=-0.001)]), "json")


def test_openings_have_two_decimals_and_what_is_not_known_is_null(make_face: Any) -> None:
    (face,) = payload.pose(STAMP, 1.0, 0, [make_face(eye_open=(None, 0.12345), mouth_open=None)])["faces"]
    assert (face["valid"], face["eye_open"], face["mouth_open"]) == (True, [None, 0.12], None)


@pytest.mark.parametrize("bad", [*BAD_NUMBERS, -0.1, 1.1])
def test_an_opening_that_cannot_be_is_not_known(make_face: Any, bad: float) -> None:
    (face,) = payload.pose(STAMP, 1.0, 0, [make_face(eye_open=(bad, 1.0), mouth_open=bad)])["faces"]
    assert (face["valid"], face["eye_open"], face["mouth_open"]) == (True, [None, 1.0], None)


@pytest.mark.parametrize("changes", [{"valid": False, "reason": "low_confidence"}, {"yaw": math.nan}])
def test_a_face_that_is_not_valid_carries_no_openings(make_face: Any, changes: dict[str, Any]) -> None:
    (face,) = payload.pose(STAMP, 1.0, 0, [make_face(**changes)])["faces"]
    assert (face["valid"], face["eye_open"], face["mouth_open"]) == (False, [None, None], None)


def test_landmarks_as_json_are_floats(make_face: Any) -> None:
    message = payload.landmarks(STAMP, [make_face()], "json")
    assert message["format"] == "float"
    points = np.array(json.loads(encode(message, "json"))["faces"][0]["points"])
    assert points.shape == (68, 3)
    np.testing.assert_allclose(points, make_face().landmarks, atol=0.00501)


def test_landmarks_as_cbor_are_quarter_pixels(make_face: Any) -> None:
    message = cbor2.loads(encode(payload.landmarks(STAMP, [make_face()], "cbor"), "cbor"))
    assert message["format"] == "int16le/4"
    points = np.frombuffer(message["faces"][0]["points"], "<i2").reshape(68, 3) / 4
    np.testing.assert_allclose(points, make_face().landmarks, atol=0.125)


def test_landmarks_beyond_the_range_are_clamped(make_face: Any) -> None:
    far = np.full((68, 3), 1e6, np.float32)
    far[:, 0] = -1e6
    (face,) = payload.landmarks(STAMP, [make_face(landmarks=far)], "cbor")["faces"]
    points = np.frombuffer(face["points"], "<i2").reshape(68, 3) / 4
    assert set(points[:, 0]) == {-8191.75} and set(points[:, 1]) == {8191.75}


@pytest.mark.parametrize("encoding", ["json", "cbor"])
def test_landmarks_that_are_no_numbers_are_null(make_face: Any, encoding: Any) -> None:
    broken = np.full((68, 3), np.nan, np.float32)
    assert payload.landmarks(STAMP, [make_face(landmarks=broken)], encoding)["faces"] == [{"id": 3, "points": None}]


@pytest.mark.parametrize("encoding", ["json", "cbor"])
def test_hidden_landmarks_are_a_bit_each(make_face: Any, encoding: Any) -> None:
    mask = np.isin(np.arange(68), [0, 9, 67])
    (face,) = payload.landmarks(STAMP, [make_face()], encoding, [mask])["faces"]
    bits = int(face["hidden"], 16) if encoding == "json" else int.from_bytes(face["hidden"], "little")
    assert bits == 1 | 1 << 9 | 1 << 67
    assert len(face["hidden"]) == (17 if encoding == "json" else 9)


def test_what_is_hidden_is_null_where_the_landmarks_are(make_face: Any) -> None:
    broken = make_face(landmarks=np.full((68, 3), np.nan, np.float32))
    message = payload.landmarks(STAMP, [broken], "json", [np.ones(68, np.bool_)])
    assert message["faces"] == [{"id": 3, "points": None, "hidden": None}]


def test_status_names_state_reason_and_time() -> None:
    assert encode(payload.status("degraded", "camera_lost", 12.3456), "json") == (
        b'{"state":"degraded","reason":"camera_lost","since":12.346}'
    )
    assert payload.status("offline", "connection_lost", None)["since"] is None


def info(camera: CameraInfo) -> dict[str, Any]:
    """An info message as a subscriber reads it."""
    packs = PackInfo("3ddfa_v2", "1", "research", False), PackInfo("yunet", "2", "free", True)
    facts = Info({"visaged": "0.1.0"}, "Pi 4", packs[0], "yunet", packs[1], "network", camera, {"threads": 2})
    message: dict[str, Any] = json.loads(encode(payload.info(facts), "json"))
    return message


def test_info_states_each_pack_with_its_licence_and_the_axes() -> None:
    message = info(CameraInfo("0", None, None, None))
    assert message["pack"] == {"name": "3ddfa_v2", "version": "1", "licence": "research", "verified": False}
    assert message["detector"] == "yunet"
    assert message["detector_pack"] == {"name": "yunet", "version": "2", "licence": "free", "verified": True}
    assert message["tuning"] == {"threads": 2}
    assert message["openings_from"] == "network"
    assert message["axes"]["eye_open"].startswith("[left, right], the person's own")
    assert message["axes"]["golden"]["yaw"] == 20.0


def test_camera_in_info_is_unknown_until_it_is_known() -> None:
    unknown = info(CameraInfo("0", None, None, None))["camera"]
    assert unknown == {"source": "0", "width": None, "height": None, "fps": None}
    known = info(CameraInfo("0", 640, 480, 30000 / 1001))["camera"]
    assert known == {"source": "0", "width": 640, "height": 480, "fps": 29.97}


def test_event_cannot_have_its_header_overwritten() -> None:
    message = payload.event(STAMP, "face_lost", {"id": 3, "event": "other", "v": 9})
    assert (message["v"], message["event"], message["id"]) == (1, "face_lost", 3)


def test_health_keeps_unknown_apart_from_zero() -> None:
    facts = Health(29.97, 14.9, 3, {"detect": Percentiles(1.0, math.nan, 2.0)}, 120.55, None, None, 1, 2, 3, 4, 0)
    message = payload.health(facts, 5.0)
    assert (message["temperature_c"], message["throttled"]) == (None, None)
    assert message["latency_ms"] == {"detect": {"p50": 1.0, "p95": None, "p99": 2.0}}
    assert message["broker"] == {"reconnects": 1, "dropped": 2, "dropped_events": 3, "left_out": 4, "queue": 0}


def test_the_pose_before_smoothing_is_told_beside_where_it_is_given(make_face: Any) -> None:
    raw = [make_face(yaw=-13.0, quaternion=(0.99, 0.1, 0.1, 0.0)), make_face(roll=math.nan)]
    first, second = payload.pose(STAMP, 1.0, 0, [make_face(), make_face()], raw)["faces"]
    assert first["raw"] == {"yaw": -13.0, "pitch": 3.1, "roll": 0.8, "q": [0.99, 0.1, 0.1, 0.0]}
    assert (first["yaw"], first["q"]) == (-12.4, [0.9941, 0.0271, -0.1079, 0.0068])
    assert (second["valid"], second["raw"]["roll"]) == (True, None)
    assert "raw" not in payload.pose(STAMP, 1.0, 0, [make_face()])["faces"][0]
