"""With which configuration the daemon starts."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from visaged.config import InvalidConfigError, load, read_patch
from visaged.remote.boot import BAD_BOOTS, Start, begin
from visaged.remote.ledger import Document, Ledger, laid_over
from visaged.remote.storage import Storage

BOOT_ID = "proc/sys/kernel/random/boot_id"


class Device:
    """A configuration file and what was kept, without a daemon."""

    def __init__(self, folder: Path) -> None:
        self.file, self.state = folder / "visaged.toml", folder
        self.storage = Storage(folder / "remote.json")
        self.file.write_text("")

    def start(self, *, is_supervised: bool = True) -> Start:
        read = partial(load, self.file, ())
        return begin(read, self.storage, self.state, is_supervised=is_supervised)

    def keep(self, ledger: Ledger) -> None:
        self.storage.write(ledger)


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


def wanting(interval: int) -> Document:
    return Document("device", interval, "a" * 64, f"version = {interval}\ndetect.interval = {interval}".encode())


def test_nothing_from_afar_is_local(device: Device) -> None:
    start = device.start()
    assert (start.state, start.reason, start.loaded) == ("local", None, load(device.file, ()))


def test_what_was_kept_is_in_force_again(device: Device) -> None:
    device.keep(Ledger().begin(wanting(7)).commit())
    start = device.start()
    assert (start.state, start.loaded.config.detect.interval) == ("committed", 7)


def test_what_was_on_trial_when_the_power_went_is_taken_back(device: Device) -> None:
    device.keep(Ledger().begin(wanting(7)).commit().begin(wanting(8)))
    start = device.start()
    assert (start.state, start.loaded.config.detect.interval) == ("reverted", 7)
    assert start.reason is not None and "power went down" in start.reason
    assert device.storage.read().judge(wanting(8)) == "same"


def test_what_does_not_go_with_the_device_any_more_is_left_out_and_said(device: Device) -> None:
    device.keep(
        Ledger().begin(Document("device", 1, "a", b"version = 1\nsource.width = 640\nsource.height = 480")).commit()
    )
    device.file.write_text("[source]\nretry_min_s = 5.0\n")
    assert device.start().state == "committed"
    device.keep(Ledger().begin(Document("device", 1, "a", b"version = 1\nsource.retry_max_s = 1.0")).commit())
    start = device.start()
    assert (start.state, start.problems[0].keys) == ("rejected", ("source.retry_min_s", "source.retry_max_s"))
    assert start.loaded.config.source.retry_min_s == 5.0


def test_a_broken_file_is_safe_mode_where_somebody_would_start_us_again_for_ever(device: Device) -> None:
    device.file.write_text("[mqtt]\nport = ")
    with pytest.raises(InvalidConfigError):
        device.start()
    device.keep(Ledger().proved(load(None, ["mqtt.port=1884"])))
    with pytest.raises(InvalidConfigError):
        device.start(is_supervised=False)
    start = device.start()
    assert (start.state, start.loaded.config.mqtt.port) == ("safe_mode", 1884)
    assert start.reason is not None and "visaged.toml:2" in start.reason


def test_a_broken_file_leaves_in_force_what_was_set_from_afar(device: Device) -> None:
    device.file.write_text("track.max_faces = 2")
    good = device.start().ledger.begin(wanting(7)).commit()
    loaded = load(device.file, ["log.level=debug"], read_patch(wanting(7).data, "desired", device.state))
    device.keep(good.proved(loaded))
    device.file.write_text("track.max_faces = ")
    start = device.start()
    assert (start.state, start.loaded) == ("safe_mode", loaded)
    assert start.patch is not None and start.patch.version == 7
    device.keep(good.clear("device").proved(loaded))
    assert device.start().patch is None
    other = laid_over(start.instead, read_patch(b"version = 8\nlog.level = 'info'", "desired", device.state)).config
    assert (other.track.max_faces, other.detect.interval, other.log.level) == (2, 30, "debug")


def test_bad_starts_come_to_the_last_good_configuration_and_then_to_the_default(device: Device) -> None:
    device.file.write_text('[mqtt]\nhost = "broker"\n[source]\nuri = "1"\n')
    device.keep(Ledger().proved(load(device.file, ["source.uri=2"])))
    found = [device.start() for _ in range(3 * BAD_BOOTS)]
    assert [start.loaded.config.source.uri for start in found] == ["1"] * 3 + ["2"] * 3 + ["0"] * 3
    assert {start.loaded.config.mqtt.host for start in found} == {"broker"}
    assert [start.state for start in found] == ["local"] * 3 + ["safe_mode"] * 6


def test_power_that_is_pulled_is_no_bad_start(device: Device, on_board: Any) -> None:
    board = on_board()
    for number in range(3 * BAD_BOOTS):
        board.write(BOOT_ID, f"boot {number}\n")
        assert device.start().state == "local"


def test_bad_starts_count_on_over_power_that_is_pulled(device: Device, on_board: Any) -> None:
    board = on_board()
    states = []
    for boot in "aaabb":
        board.write(BOOT_ID, boot)
        states.append(device.start().state)
    assert states == ["local"] * 4 + ["safe_mode"]


def test_a_trial_that_was_interrupted_by_pulled_power_is_taken_back(device: Device, on_board: Any) -> None:
    on_board().write(BOOT_ID, "another")
    device.keep(Ledger(kernel="one").begin(wanting(8)))
    assert device.start().state == "reverted"


@pytest.mark.parametrize("kernel", [None, "one"])
def test_where_the_kernel_does_not_name_its_boot_it_counts_as_the_same(
    device: Device, on_board: Any, kernel: str | None
) -> None:
    on_board()
    device.keep(Ledger(boots=BAD_BOOTS, kernel=kernel))
    assert device.start().state == "safe_mode"


def test_what_a_version_before_has_counted_counts(device: Device, on_board: Any) -> None:
    on_board().write(BOOT_ID, "one")
    device.keep(Ledger(boots=BAD_BOOTS))
    assert device.start().state == "safe_mode"


def test_who_ends_in_order_is_not_counted(device: Device) -> None:
    for _ in range(3 * BAD_BOOTS):
        device.keep(device.start().ledger.settled())
    assert device.start().state == "local"


def test_a_person_who_starts_it_by_hand_gets_what_was_asked_for(device: Device) -> None:
    for _ in range(3 * BAD_BOOTS):
        assert device.start(is_supervised=False).state == "local"


def test_what_is_damaged_is_forgotten(device: Device) -> None:
    (device.state / "remote.json").write_bytes(b"\x00")
    assert device.start().state == "local"


def test_who_wants_nothing_from_afar_gets_nothing(device: Device) -> None:
    device.keep(Ledger().begin(wanting(7)).commit())
    device.file.write_text("[remote]\nenabled = false\n")
    start = device.start()
    assert (start.loaded.config.detect.interval, start.patch) == (30, None)
