"""The default device id."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from visaged.mqtt.device import default_device_id, from_hostname, from_machine_id
from visaged.mqtt.topics import check_device

MACHINE = "0123456789abcdef0123456789abcdef"


def test_id_is_stable_and_hides_the_machine_id() -> None:
    assert from_machine_id(MACHINE) == from_machine_id(MACHINE.upper() + "\n") == "113635ef36cb"


def test_two_machines_have_two_ids() -> None:
    assert from_machine_id(MACHINE) != from_machine_id(MACHINE[::-1])


def test_uninitialised_or_broken_machine_id_is_none() -> None:
    assert [from_machine_id(text) for text in ("", "uninitialized\n", "0" * 32, "abc")] == [None] * 4


def test_machine_without_an_id_is_named_after_its_host(tmp_path: Path) -> None:
    assert check_device(default_device_id(tmp_path / "missing"))


def test_machine_id_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "machine-id").write_text(MACHINE + "\n")
    assert default_device_id(tmp_path / "machine-id") == from_machine_id(MACHINE)


@given(st.text())
def test_any_host_name_becomes_one_topic_level(hostname: str) -> None:
    assert check_device(from_hostname(hostname))
