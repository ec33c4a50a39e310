"""Whether a made board is slowed down."""

import pytest

from visaged.board.throttling import read_throttling, throttled


def voltage(board, alarm):
    board.write("sys/class/hwmon/hwmon0/name", "cpu_thermal\n")
    board.write("sys/class/hwmon/hwmon1/name", "rpi_volt\n")
    board.write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", f"{alarm}\n")


def cooling(board, kind, state):
    board.write("sys/class/thermal/cooling_device0/type", f"{kind}\n")
    board.write("sys/class/thermal/cooling_device0/cur_state", f"{state}\n")


@pytest.mark.parametrize(
    ("flags", "now", "ever"),
    [
        (0x0, (), ()),
        (0x50000, (), ("under-voltage", "throttled")),
        (0x50005, ("under-voltage", "throttled"), ("under-voltage", "throttled")),
        (0x80008, ("soft temperature limit",), ("soft temperature limit",)),
        (0xE0002, ("frequency capped",), ("frequency capped", "throttled", "soft temperature limit")),
    ],
)
def test_the_firmwares_flags_have_names(made_board, flags, now, ever):
    made_board.throttled(flags)
    found = read_throttling(made_board.root)
    assert (found.now, found.ever) == (now, ever)
    assert throttled(made_board.root) is bool(now)


def test_the_flags_are_found_on_a_raspberry_pi_5_too(made_board):
    made_board.write("sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled", "4\n")
    assert read_throttling(made_board.root).now == ("throttled",)


@pytest.mark.parametrize("rubbish", ["", "\n", "yes\n"])
def test_rubbish_says_nothing(made_board, rubbish):
    made_board.write("sys/devices/platform/soc/soc:firmware/get_throttled", rubbish)
    assert read_throttling(made_board.root) is None
    assert throttled(made_board.root) is None


def test_the_voltage_alarm_counts_where_there_are_no_flags(made_board):
    voltage(made_board, 1)
    assert read_throttling(made_board.root).now == ("under-voltage",)
    voltage(made_board, 0)
    assert read_throttling(made_board.root).now == ()


def test_flags_and_alarm_say_the_same_thing_once(made_board):
    made_board.throttled(0x1)
    voltage(made_board, 1)
    assert read_throttling(made_board.root).now == ("under-voltage",)


@pytest.mark.parametrize("kind", ["thermal-cpufreq-0", "Processor"])
def test_a_kernel_that_slows_the_processor_down_is_noticed(made_board, kind):
    cooling(made_board, kind, 2)
    assert read_throttling(made_board.root).now == ("slowed down by the kernel",)
    cooling(made_board, kind, 0)
    assert throttled(made_board.root) is False


def test_a_fan_slows_nothing_down(made_board):
    cooling(made_board, "pwm-fan", 3)
    assert read_throttling(made_board.root) is None


def test_other_machines_do_not_say(made_board):
    assert read_throttling(made_board.root) is None
