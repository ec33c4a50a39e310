"""Whether the clock is set."""

from visaged.board.clock import TIMESYNCD, synchronised


def test_a_clock_that_was_set_by_timesyncd_is_right(made_board):
    made_board.write(str(TIMESYNCD), "")
    assert synchronised(made_board.root) is True


def test_else_the_kernel_is_asked_and_nothing_is_changed(made_board):
    assert synchronised(made_board.root) in (True, False, None)
