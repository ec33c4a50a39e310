"""Temperatures, from made thermal zones."""

import pytest

from visaged.board.thermal import read_zones, temperature

TEMP = "sys/class/thermal/thermal_zone0/temp"


def test_the_temperature_is_that_of_the_hottest_zone(made_board):
    for number, (name, degrees) in enumerate((("cpu-thermal", 48.312), ("gpu-thermal", 51.0), ("soc", -5.0))):
        made_board.zone(number, name, degrees)
    assert temperature(made_board.root) == 51.0
    assert [zone.name for zone in read_zones(made_board.root)] == ["cpu-thermal", "gpu-thermal", "soc"]


def test_below_zero_is_a_temperature(made_board):
    made_board.zone(0, "cpu-thermal", -12.5)
    assert temperature(made_board.root) == -12.5


@pytest.mark.parametrize(
    "rubbish", [b"", b"\n", b"--5\n", b"hot\n", b"4 5\n", "\u00b2".encode(), b"\xff", b"9" * 5000, b"-300000\n"]
)
def test_rubbish_is_no_temperature(made_board, rubbish):
    made_board.zone(0, "cpu-thermal", 30.0)
    made_board.write(TEMP, rubbish)
    assert temperature(made_board.root) is None
    made_board.zone(1, "gpu-thermal", 40.0)
    assert temperature(made_board.root) == 40.0


def test_a_sensor_that_is_not_there_is_not_counted(made_board):
    made_board.zone(0, "CPU-therm", 39.5)
    made_board.zone(1, "PMIC-Die", 100.0)
    assert temperature(made_board.root) == 39.5


def test_a_zone_without_a_reading_is_left_out(made_board):
    made_board.zone(0, "cpu-thermal", 40.0)
    (made_board.root / "sys/class/thermal/thermal_zone1").mkdir()
    assert temperature(made_board.root) == 40.0


def test_a_machine_without_zones_has_no_temperature(made_board):
    assert temperature(made_board.root) is None
