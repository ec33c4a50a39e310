"""Which profile suits which board, and what a file of profiles may not say."""

import pytest

from visaged import resources
from visaged.board.cores import read_cores
from visaged.board.identity import Identity, read_identity
from visaged.board.profiles import FILE, find_profile, parse_profiles

PROFILE = """[[board]]
name = "other"
threads = 1
arena = true
big_cores = false
step_down_c = [80, 85, 90]
"""


@pytest.mark.parametrize(
    ("compatible", "name"),
    [
        (("raspberrypi,5-model-b", "brcm,bcm2712"), "Raspberry Pi 5"),
        (("raspberrypi,4-model-b", "brcm,bcm2711"), "Raspberry Pi 4"),
        (("raspberrypi,3-model-b-plus", "brcm,bcm2837"), "Raspberry Pi 3 A+ or B+"),
        (("raspberrypi,3-model-b", "brcm,bcm2837"), "Raspberry Pi 3"),
        (("raspberrypi,model-zero-2-w", "brcm,bcm2837"), "Raspberry Pi Zero 2 W"),
        (("nvidia,p3450-0000", "nvidia,tegra210"), "Jetson Nano"),
        (("nvidia,p3509-0000+p3668-0000", "nvidia,p3668-0000", "nvidia,tegra194"), "Jetson Xavier NX"),
        (("nvidia,p3768-0000+p3767-0005", "nvidia,p3767-0005", "nvidia,tegra234"), "Jetson Orin Nano"),
        (("acme,board",), "any other board"),
        ((), "any other board"),
    ],
)
def test_a_board_is_known_by_its_device_tree(compatible, name):
    assert find_profile(Identity("made", compatible), ()).name == name


def test_a_board_that_is_not_listed_is_known_by_its_big_cores(made_board):
    made_board.identify("Radxa ROCK 5B", "radxa,rock-5b", "rockchip,rk3588")
    made_board.cores(0xD05, 0xD05, 0xD0B, 0xD0B, capacities=(530, 530, 1024, 1024))
    found = find_profile(read_identity(made_board.root), read_cores(made_board.root))
    assert (found.name, found.big_cores) == ("big cores", True)


def test_every_raspberry_pi_does_less_before_its_firmware_does():
    for profile in parse_profiles(resources.text(FILE)):
        if "Raspberry" in profile.name:
            assert profile.step_down_c[-1] < 80


def test_a_limit_of_ones_own_moves_all_steps():
    (profile,) = parse_profiles(PROFILE)
    assert profile.limits(0) == (80, 85, 90)
    assert profile.limits(60) == (60, 65, 70)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (PROFILE.replace("threads = 1", "threads = 0"), ">= 1"),
        (PROFILE.replace("threads = 1", 'threads = "1"'), "Expected `int`"),
        (PROFILE.replace("arena", "arean"), "unknown field"),
        (PROFILE.replace("80, 85", "85, 80"), "must rise"),
        (PROFILE.replace("80, 85, 90", "80, 85"), "length >= 3"),
        (PROFILE + "cores = ['Cortex-A53']\n", "for all others"),
        (PROFILE + PROFILE, "for all others"),
        ("[[board]]\nname = 1\n", "name"),
        ("", "board"),
    ],
)
def test_a_file_that_is_not_right_says_what(wrong, reason):
    with pytest.raises(ValueError, match=reason):
        parse_profiles(wrong)
