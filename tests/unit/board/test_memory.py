"""Memory and its limits, from made files."""

from pathlib import Path

import pytest

from visaged.board.memory import can_be_limited, read_memory

MEMINFO = "MemTotal:         930276 kB\nMemFree:          100000 kB\nMemAvailable:     600000 kB\n"


def test_the_machines_memory_is_told_in_bytes(made_board):
    made_board.write("proc/meminfo", MEMINFO)
    found = read_memory(made_board.root)
    assert (found.total, found.available, found.limit) == (930276 * 1024, 600000 * 1024, None)


def test_the_least_limit_of_our_group_and_those_above_counts(made_board):
    made_board.write("proc/self/cgroup", "0::/system.slice/visaged.service\n")
    made_board.write("sys/fs/cgroup/system.slice/visaged.service/memory.max", "max\n")
    assert read_memory(made_board.root).limit is None
    made_board.write("sys/fs/cgroup/system.slice/memory.max", "400000000\n")
    made_board.write("sys/fs/cgroup/system.slice/visaged.service/memory.max", "500000000\n")
    assert read_memory(made_board.root).limit == 400_000_000


def test_older_control_groups_are_understood(made_board):
    made_board.write("proc/self/cgroup", "9:name=systemd:/a\n4:memory:/a/b\n0::/\n")
    made_board.write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n")
    made_board.write("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "256000000\n")
    assert read_memory(made_board.root).limit == 256_000_000


def test_a_machine_that_says_nothing_is_unknown(made_board):
    found = read_memory(made_board.root)
    assert (found.total, found.available, found.limit) == (None, None, None)


def test_this_machine_has_memory():
    found = read_memory(Path("/"))
    assert found.total > found.available > 0


OLDER = "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t1\t1\t1\nmemory\t{}\t64\t{}\n"


@pytest.mark.parametrize(
    ("controllers", "older", "can"),
    [
        ("cpuset cpu io memory pids\n", None, True),
        ("cpuset cpu io pids\n", OLDER.format(0, 0), False),  # Raspberry Pi OS
        ("cpuset cpu io pids\n", None, False),
        (None, OLDER.format(4, 1), True),
        ("\n", OLDER.format(4, 1), True),
        (None, OLDER.format(0, 0), False),
        (None, None, None),
    ],
)
def test_whether_memory_can_be_limited_is_said_by_either_version_of_control_groups(made_board, controllers, older, can):
    for path, content in (("sys/fs/cgroup/cgroup.controllers", controllers), ("proc/cgroups", older)):
        if content is not None:
            made_board.write(path, content)
    assert can_be_limited(made_board.root) is can
