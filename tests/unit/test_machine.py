"""What the operating system says, from a made file system."""

import platform

import numpy as np
import pytest

from visaged import machine


@pytest.fixture
def write(tmp_path):
    def write(path, content):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    return write


@pytest.fixture
def zones(write):
    """``zones(("type", b"temp"), ...)``: thermal zones."""

    def make(*given):
        for index, (kind, reading) in enumerate(given):
            write(f"sys/class/thermal/thermal_zone{index}/type", kind.encode() + b"\n")
            write(f"sys/class/thermal/thermal_zone{index}/temp", reading)

    return make


def test_the_board_is_what_the_device_tree_names(tmp_path, write):
    write("proc/device-tree/model", b"Raspberry Pi 4 Model B Rev 1.4\0")
    assert machine.board(tmp_path) == "Raspberry Pi 4 Model B Rev 1.4"


@pytest.mark.parametrize("content", [b"", b"\0", b" \n\0"])
def test_a_board_without_a_name_is_its_processor(tmp_path, write, content):
    write("proc/device-tree/model", content)
    assert machine.board(tmp_path) == platform.machine()


def test_a_machine_without_a_device_tree_is_its_processor(tmp_path):
    assert machine.board(tmp_path) == platform.machine()


def test_a_name_that_is_no_text_is_shown_as_far_as_it_is(tmp_path, write):
    write("proc/device-tree/model", b"Board \xff\0")
    assert machine.board(tmp_path) == "Board \N{REPLACEMENT CHARACTER}"


def test_the_temperature_is_that_of_the_hottest_zone(tmp_path, zones):
    zones(("cpu-thermal", b"48312\n"), ("gpu-thermal", b"51000\n"), ("soc", b"-5000\n"))
    assert machine.temperature(tmp_path) == 51.0


def test_below_zero_is_a_temperature(tmp_path, zones):
    zones(("cpu-thermal", b"-12500\n"))
    assert machine.temperature(tmp_path) == -12.5


@pytest.mark.parametrize(
    "rubbish", [b"", b"\n", b"--5\n", b"hot\n", b"4 5\n", "\u00b2".encode(), b"\xff", b"9" * 4000, b"-300000\n"]
)
def test_rubbish_is_no_temperature(tmp_path, zones, rubbish):
    zones(("cpu-thermal", rubbish))
    assert machine.temperature(tmp_path) is None
    zones(("cpu-thermal", rubbish), ("gpu-thermal", b"40000\n"))
    assert machine.temperature(tmp_path) == 40.0


def test_a_sensor_that_is_not_there_is_not_counted(tmp_path, zones):
    zones(("CPU-therm", b"39500\n"), ("PMIC-Die", b"100000\n"))
    assert machine.temperature(tmp_path) == 39.5


def test_a_zone_without_a_reading_is_left_out(tmp_path, zones):
    zones(("cpu-thermal", b"40000\n"))
    (tmp_path / "sys/class/thermal/thermal_zone1").mkdir()
    assert machine.temperature(tmp_path) == 40.0


def test_a_machine_without_zones_has_no_temperature(tmp_path):
    assert machine.temperature(tmp_path) is None


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (b"0\n", False),
        (b"50000\n", False),  # was throttled once, is not now
        (b"50005\n", True),
        (b"8\n", True),
        (b"0x4\n", True),
        (b"", None),
        (b"\n", None),
        (b"yes\n", None),
    ],
)
def test_throttling_is_what_the_firmware_says_of_now(tmp_path, write, flags, expected):
    write("sys/devices/platform/soc/soc:firmware/get_throttled", flags)
    assert machine.throttled(tmp_path) is expected


def test_other_boards_do_not_say_whether_they_throttle(tmp_path):
    assert machine.throttled(tmp_path) is None


def test_this_process_holds_some_memory_and_a_plausible_amount():
    before = machine.resident_megabytes()
    held = np.ones(100_000_000, np.uint8)  # more than the allocator keeps for later
    assert machine.resident_megabytes() > before + 80
    assert before > 5
    assert held.nbytes == 100_000_000


def test_memory_can_be_given_back():
    machine.release_memory()
