"""Cores, from a made ``/proc/cpuinfo`` and made cpufreq."""

from pathlib import Path

from visaged.board.cores import big, describe, read_cores


def numbers(cores):
    return [core.number for core in cores]


def test_cores_are_named_by_their_part_number(made_board):
    made_board.cores(0xD0B, 0xD0B, 0xD0B, 0xD0B)
    made_board.write("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "2400000\n")
    made_board.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "ondemand\n")
    cores = read_cores(made_board.root)
    assert [core.kind for core in cores] == ["Cortex-A76"] * 4
    assert (cores[0].max_mhz, cores[0].governor, cores[1].governor) == (2400, "ondemand", None)


def test_of_two_kinds_those_with_the_greater_capacity_are_the_big_ones(made_board):
    made_board.cores(0xD05, 0xD05, 0xD0B, 0xD0B, capacities=(430, 430, 1024, 1024))
    cores = read_cores(made_board.root)
    assert numbers(big(cores)) == [2, 3]
    assert describe(cores) == "2 x Cortex-A55 + 2 x Cortex-A76"


def test_cores_of_the_same_kind_that_are_clocked_a_little_lower_are_big_too(made_board):
    made_board.cores(0xD05, 0xD0B, 0xD0B, 0xD0B, capacities=(430, 1000, 871, 1024))
    assert numbers(big(read_cores(made_board.root))) == [1, 2, 3]


def test_cores_of_the_same_kind_that_are_much_weaker_are_not_big(made_board):
    made_board.cores(0xD03, 0xD03, capacities=(683, 1024))
    assert numbers(big(read_cores(made_board.root))) == [1]


def test_where_no_capacity_is_told_the_frequency_decides(made_board):
    made_board.cores(0xD03, 0xD08)
    for number, khz in enumerate((1512000, 1800000)):
        made_board.write(f"sys/devices/system/cpu/cpu{number}/cpufreq/cpuinfo_max_freq", str(khz))
    assert numbers(big(read_cores(made_board.root))) == [1]


def test_cores_that_are_alike_are_all_big(made_board):
    made_board.cores(0xD03, 0xD03)
    assert numbers(big(read_cores(made_board.root))) == [0, 1]


def test_a_part_that_nobody_has_named_is_told_by_its_numbers(made_board):
    made_board.cores(0xABC, implementer=0x61)
    assert read_cores(made_board.root)[0].kind == "part 0xabc of implementer 0x61"


def test_other_processors_go_by_the_name_of_their_model(made_board):
    made_board.write(
        "proc/cpuinfo", "processor\t: 0\nmodel name\t: AMD EPYC\n\nprocessor\t: 1\nmodel name\t: AMD EPYC\n"
    )
    assert describe(read_cores(made_board.root)) == "2 x AMD EPYC"


def test_a_machine_that_lists_no_cores_has_none(made_board):
    assert read_cores(made_board.root) == ()
    assert big(()) == ()


def test_the_machine_that_runs_this_has_cores():
    assert read_cores(Path("/"))
