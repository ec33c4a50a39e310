"""The memory of this process."""

import mmap

from visaged import machine


def test_this_process_holds_some_memory_and_a_plausible_amount():
    before = machine.resident_megabytes()
    with mmap.mmap(-1, 100_000_000) as held:  # not the allocator's, which may have as much left of other tests
        for _ in range(100):
            held.write(b"\1" * 1_000_000)
        assert machine.resident_megabytes() > before + 80
    assert before > 5


def test_memory_can_be_given_back():
    machine.release_memory()
