"""A device that is configured from afar while its own configuration is broken, keeps failing, or forbids that."""

from __future__ import annotations

import signal
import time
from typing import Any

import pytest

from made.remote import INFO, REPORTED, SHORT_TRIAL_S, SLOW_S, STATUS
from made.waiting import eventually
from visaged.mqtt.codec import decode
from visaged.remote.boot import KERNEL_BOOT


def test_who_wants_nothing_from_afar_says_so(configured: Any) -> None:
    one = configured(trial_s=SHORT_TRIAL_S)
    version = one.ask("[detect]\ninterval = 7")
    assert one.comes_to(state="committed", version=version)
    enabled = one.file.read_text()
    one.file.write_text(enabled + "enabled = false\n")
    one.daemon.hang_up()
    assert one.comes_to(state="disabled", version=None, hash=None, origin=None, keys={}, rejected=None)
    assert one.reported["origins"]["device"]["state"] == "none"
    assert one.reported["effective"] is None
    assert eventually(lambda: decode(one.listener.of(INFO)[-1])["tuning"]["detect_interval"] == 30)
    one.daemon.end()
    told = len(one.listener.of(REPORTED))
    one.begin()
    assert len(one.listener.of(REPORTED)) > told and one.reported["state"] == "disabled"
    one.file.write_text(enabled)
    one.daemon.hang_up()
    assert one.comes_to(state="committed", version=version)


def test_a_broken_file_at_boot_is_safe_mode_until_it_is_mended(configured: Any) -> None:
    one = configured(trial_s=SHORT_TRIAL_S)
    time.sleep(SHORT_TRIAL_S + 1.0)  # for as long as a trial, which makes it the last good configuration
    one.daemon.end()
    good = one.file.read_text()
    one.file.write_text("[source]\nuri = ")
    one.begin()
    assert one.comes_to(state="safe_mode"), one.daemon.err
    status = decode(one.listener.of(STATUS)[-1])
    assert status["state"] == "degraded" and "safe mode: the configuration on the device is broken" in status["reason"]
    one.file.write_text(good)
    one.daemon.hang_up()
    assert one.comes_to(state="local")
    assert eventually(lambda: decode(one.listener.of(STATUS)[-1])["state"] == "online")


def test_a_device_with_a_broken_file_is_configured_from_afar_and_stays_degraded(configured: Any) -> None:
    one = configured(trial_s=SHORT_TRIAL_S)
    time.sleep(SHORT_TRIAL_S + 1.0)
    one.daemon.end()
    good = one.file.read_text()
    one.file.write_text("[source]\nuri = ")
    one.begin()
    version = one.ask("[detect]\ninterval = 7")
    assert one.comes_to(state="committed", version=version), one.reported
    assert is_in_safe_mode(one)
    one.ask('[source]\nuri = "/dev/video99"')
    assert eventually(lambda: one.reported["counters"]["reverted"] == 1, SLOW_S)
    assert one.comes_to(state="safe_mode", version=version) and is_in_safe_mode(one)
    one.desire("")
    assert eventually(lambda: "cannot be cleared" in one.reported["rejected"]["reason"], SLOW_S), one.reported

    one.daemon.end()
    one.begin()
    assert one.comes_to(state="safe_mode", version=version), one.reported
    assert one.reported["effective"]["detect.interval"]["value"] == 7 and is_in_safe_mode(one)

    one.file.write_text(good)
    one.daemon.hang_up()
    assert one.comes_to(state="committed", version=version)
    assert eventually(lambda: decode(one.listener.of(STATUS)[-1])["state"] == "online", SLOW_S)
    one.ask('[source]\nuri = "/dev/video99"')
    assert one.comes_to(state="reverted", version=version), one.reported


def is_in_safe_mode(one: Any) -> bool:
    """Whether that is what its status says, whatever else is wrong."""
    return eventually(
        lambda: (
            "safe mode: the configuration on the device is broken"
            in (decode(one.listener.of(STATUS)[-1])["reason"] or "")
        ),
        SLOW_S,
    )


@pytest.mark.parametrize(("boots", "state"), [("abcd", "local"), ("aaaa", "safe_mode")])
def test_only_who_dies_while_the_kernel_lives_came_to_a_bad_end(
    configured: Any, on_board: Any, boots: str, state: str
) -> None:
    board = on_board()
    board.write(str(KERNEL_BOOT), boots[0])
    one = configured(trial_s=60.0)
    for kernel in boots[1:]:
        assert one.comes_to(state="local")
        one.daemon.end(signal.SIGKILL)
        board.write(str(KERNEL_BOOT), kernel)
        told = len(one.listener.of(REPORTED))
        one.begin_only()
        assert eventually(lambda told=told: len(one.listener.of(REPORTED)) > told, SLOW_S), one.daemon.err
    assert one.reported["state"] == state
