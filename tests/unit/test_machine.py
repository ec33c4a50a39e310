"""The memory of this process."""

import numpy as np

from visaged import machine


def test_this_process_holds_some_memory_and_a_plausible_amount():
    before = machine.resident_megabytes()
    held = np.ones(100_000_000, np.uint8)  # more than the allocator keeps for later
    assert machine.resident_megabytes() > before + 80
    assert before > 5
    assert held.nbytes == 100_000_000


def test_memory_can_be_given_back():
    machine.release_memory()
