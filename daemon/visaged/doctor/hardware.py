"""What is to be said of the board: pure, from what was read of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from visaged.board.cores import Core, big, describe
from visaged.board.memory import Memory
from visaged.board.profiles import Profile
from visaged.board.thermal import Zone, hottest
from visaged.board.throttling import UNDER_VOLTAGE, Throttling
from visaged.doctor.finding import Finding

SLOW_GOVERNORS = frozenset({"powersave"})

LEAST_MB, ENOUGH_MB = 250, 400
"""What the daemon needs (it peaks at 180 MB), and what leaves the system some, in units of 10^6 bytes."""


def board(model: str, compatible: Sequence[str], profile: Profile) -> Finding:
    """Which it is, and as what it is treated."""
    known = profile.compatible or profile.cores or not compatible
    advice = None if known else "nothing is known of this board; run `visaged tune` here"
    return Finding("board", "ok" if known else "warn", f"{model}, profile: {profile.name}", advice)


def cores(found: Sequence[Core]) -> Finding:
    """What they are, and which are the big ones where they are not alike."""
    if not found:
        return Finding("cores", "warn", "the kernel lists none", "see that /proc is mounted")
    strong = big(found)
    numbers = f"; the big ones are {', '.join(str(core.number) for core in strong)}" if len(strong) < len(found) else ""
    return Finding("cores", "ok", describe(found) + numbers)


def governor(found: Sequence[Core]) -> Finding:
    """Of the frequency."""
    names = sorted({core.governor for core in found if core.governor})
    if not names:
        return Finding("governor", "ok", "the frequency is not the kernel's to choose")
    if SLOW_GOVERNORS & {*names}:
        advice = "echo schedutil | sudo tee /sys/devices/system/cpu/cpufreq/policy*/scaling_governor"
        return Finding("governor", "warn", f"{', '.join(names)}: the cores stay at their lowest frequency", advice)
    return Finding("governor", "ok", ", ".join(names))


def temperature(zones: Sequence[Zone], profile: Profile, limit_c: float) -> Finding:
    """Of the hottest zone; ``limit_c`` as in ``thermal.limit_c``."""
    zone, limits = hottest(tuple(zones)), profile.limits(limit_c)
    if zone is None:
        return Finding("temperature", "warn", "no sensor", "the daemon cannot slow down before the board gets too hot")
    detail = f"{zone.degrees:.1f} degrees ({zone.name}); fewer frames from {limits[0]:g} on"
    if zone.degrees < limits[0]:
        return Finding("temperature", "ok", detail)
    state: Literal["warn", "fail"] = "fail" if zone.degrees >= limits[-1] else "warn"
    return Finding("temperature", state, detail, "give it a heat sink, a fan or more air")


def throttling(found: Throttling | None) -> Finding:
    """What firmware and kernel say."""
    if found is None:
        return Finding("throttling", "ok", "this machine does not say whether it slows down")
    if not found.now and not found.ever:
        return Finding("throttling", "ok", "none")
    causes = found.now or found.ever
    advice = "use the power supply made for this board, and a short thick cable"
    if UNDER_VOLTAGE not in causes:
        advice = "give it a heat sink, a fan or more air"
    when = "now" if found.now else "not now, but since the start"
    return Finding("throttling", "fail" if found.now else "warn", f"{', '.join(causes)} ({when})", advice)


def memory(found: Memory) -> Finding:
    """What there is for the daemon."""
    known = [value for value in (found.available, found.limit) if value is not None]
    if found.total is None or not known:
        return Finding("memory", "warn", "the kernel does not say how much there is", "see that /proc is mounted")
    room = min(known) / 1e6
    limit = "" if found.limit is None else f", limit {found.limit / 1e6:.0f} MB"
    detail = f"{(found.available or 0) / 1e6:.0f} of {found.total / 1e6:.0f} MB available{limit}"
    if room >= ENOUGH_MB:
        return Finding("memory", "ok", detail)
    state: Literal["warn", "fail"] = "fail" if room < LEAST_MB else "warn"
    return Finding("memory", state, detail, f"end other programs, or raise the limit; the daemon needs {LEAST_MB} MB")


def memory_limit(is_kept: bool | None) -> Finding:
    """Whether the kernel keeps the service to what its unit allows; Raspberry Pi OS comes without."""
    if is_kept is None:
        return Finding(
            "memory limit", "warn", "the kernel does not say whether it keeps any", "see that /proc is mounted"
        )
    if is_kept:
        return Finding("memory limit", "ok", "the kernel keeps those of services (MemoryMax=)")
    advice = "append cgroup_enable=memory to the kernel's line, on a Pi in /boot/firmware/cmdline.txt, and reboot"
    return Finding("memory limit", "warn", "the kernel keeps none: MemoryMax= of a service does nothing", advice)


def clock(synchronised: bool | None) -> Finding:
    """Whether ``utc`` in messages is to be believed."""
    if synchronised is None:
        return Finding("clock", "warn", "the kernel does not say whether it is right", "compare `date` with a watch")
    if not synchronised:
        advice = "sudo timedatectl set-ntp true, and let this device reach a time server"
        return Finding("clock", "warn", "not synchronised: the times in messages may be wrong", advice)
    return Finding("clock", "ok", "synchronised")
