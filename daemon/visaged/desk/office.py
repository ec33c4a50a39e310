"""The desk itself: what can be asked of devices, and what came of it."""

from __future__ import annotations

import json
import math
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from visaged.desk import patch
from visaged.desk.connection import Connection
from visaged.desk.errors import DeskError
from visaged.desk.fleet import Device, Fleet
from visaged.desk.inside import whole_number
from visaged.desk.outcome import WAITING, Outcome, Sent, by_report, hidden, of_origin
from visaged.desk.signing import Signer
from visaged.desk.target import Target
from visaged.errors import BrokerError, ConfigError

QUIET_S, GATHER_S = 0.3, 30.0
"""So long nothing retained comes any more; and how long to listen at most, beyond what came in order."""

AGAIN_S = 3.0
"""After so long an unanswered command is sent again, with its id, and who has left since is not waited for."""

NEVER_TWICE = frozenset({"restart"})
"""Commands whose repetition would not be recognised: who obeys them forgets."""

Say = Callable[[str], None]
"""Hears of progress, in words."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The patch that was sent, and what became of it by device."""

    version: int | None
    outcomes: Mapping[str, Outcome]


class Office:
    """Speaks to ``target`` over ``connection``; makes itself familiar with its devices at once.

    ``signer`` signs what is sent, None: nothing is signed. Raises DeskError where nobody is known there, BrokerError
    where the broker is lost.
    """

    def __init__(self, connection: Connection, target: Target, say: Say, signer: Signer | None = None) -> None:
        self._connection = connection
        self._target = target
        self._say = say
        self._signer = signer
        self._fleet = Fleet(target)
        for topic in target.retained:  # in turn, for brokers queue no more than so many messages (mosquitto: 1000)
            connection.subscribe([topic], qos=0)
        connection.subscribe([target.answers])
        self._gather()
        if not self.devices:
            what = "no device that belongs to the group" if target.is_group else "nothing of a device called"
            raise DeskError(f"{what} {target.name} is known to the broker at {connection.address} below {target.root}/")

    @property
    def devices(self) -> list[Device]:
        """Those that are spoken to, with what they have said last."""
        return self._fleet.devices

    def device(self, name: str) -> Device:
        """One of them."""
        return self._fleet.device(name)

    def set(self, changes: Mapping[str, Any], removals: Iterable[str], timeout_s: float) -> Wanted:
        """Ask for ``changes`` by key path, on top of what is asked for already but for ``removals``."""
        removals = tuple(removals)
        wanted = self._wanted()
        unknown = [path for path in removals if path not in wanted]
        if unknown:
            raise DeskError(f"{unknown[0]} is not set from afar for {self._target.written}")
        carried = {path: value for path, value in wanted.items() if path not in changes and path not in removals}
        is_mended = bool(removals) or any(path in wanted for path in changes)
        if carried and not is_mended:
            self._raise_if_refused(", ".join(carried))
        data = patch.written({**carried, **changes}, self._next_version(), self._target.written)
        if carried:
            self._say(f"{self._target.written}: asked for already, and kept: {', '.join(carried)}")
        return self._want(data, timeout_s)

    def push(self, data: bytes, name: str, timeout_s: float) -> Wanted:
        """Ask for the patch in ``data``, the file ``name``, instead of what is asked for so far."""
        following = self._next_version()
        data = self._signed(patch.headed(data, name, following, self._target.written))
        version = patch.version_of(data)
        patch.check_target(data, name, self._target.written)
        self._check_version(data, version, name)
        if version > following + patch.FAR_S:
            self._say(f"version {version} is far beyond {following}; every later one must be larger still")
        return self._send(data, version, timeout_s)

    def clear(self, timeout_s: float) -> Wanted:
        """Ask for nothing any more. Where patches are signed, or somebody is away or does not listen, whom the broker
        would not tell later that there is nothing, that is said with a patch without keys."""
        if self._signer is not None or any(device.is_deaf for device in self.devices):
            return self._want(patch.written({}, self._next_version(), self._target.written), timeout_s)
        return self._send(b"", None, timeout_s)

    def command(self, name: str, fields: Mapping[str, Any], timeout_s: float) -> dict[str, Mapping[str, Any] | None]:
        """The answer of each device to a command, None: it gave none."""
        number = str(uuid.uuid4())
        request = json.dumps({**fields, "id": number}).encode()
        answers: dict[str, Mapping[str, Any] | None] = {device.name: None for device in self.devices}
        away = {device.name: -math.inf for device in self.devices if device.is_gone}
        now, deadline, again = time.monotonic(), time.monotonic() + timeout_s, 0.0
        while now < deadline and _lacks(answers, away, now):
            if now >= again:
                self._connection.publish(self._target.command(name), request, retain=False)
                again = deadline if name in NEVER_TWICE else time.monotonic() + AGAIN_S
            heard = self._hear(min(deadline, again, now + AGAIN_S) - time.monotonic())
            if heard is not None and heard[1].startswith("response/") and heard[2].get("id") == number:
                answers[heard[0]] = heard[2]
            now = time.monotonic()
            away = {device.name: away.get(device.name, now) for device in self.devices if device.is_gone}
        return answers

    def _wanted(self) -> dict[str, Any]:
        """What is retained; with a signer only what that has signed, for anybody may have written the rest."""
        retained, name = self._fleet.desired, f"what is retained on {self._target.desired}"
        if not retained:
            return {}
        doubt = None
        if not self._is_trusted(retained):
            doubt = f"is not signed with this key for {self._target.written}"
        elif self._signer is not None and patch.version_of(retained) < patch.tried_by_half(self._tried()):
            doubt = "is older than what was tried since"  # and somebody has published it again
        if doubt:
            raise DeskError(f"{name} {doubt}, so that nothing is added to it; `push` or `clear` replaces it")
        return patch.settings_of(retained, name)

    def _is_trusted(self, retained: bytes) -> bool:
        if self._signer is None:
            return True
        return self._signer.has_signed(retained) and patch.target_of(retained) == self._target.written

    def _raise_if_refused(self, carried: str) -> None:
        """What all devices have refused, or taken back, would only fail once more."""
        wanted = self._fleet.desired
        retained = Sent.of(wanted, patch.version_of(wanted), self._target.origin)
        outcomes = [by_report(retained, device.reported) for device in self.devices]
        failed = [outcome for outcome in outcomes if outcome and outcome.state in ("reverted", "rejected")]
        if failed and len(failed) == len(outcomes):
            raise DeskError(
                f"what is asked for already ({carried}) was {failed[0].state}: {failed[0].reason}; set what is wrong"
                " anew, `unset` it, or `clear` all"
            )

    def _next_version(self) -> int:
        wanted = patch.version_of(self._fleet.desired) if self._is_trusted(self._fleet.desired) else 0
        return patch.next_version(wanted, self._tried(), time.time())

    def _tried(self) -> list[int]:
        """By device the highest version that it says it has tried, 0: none."""
        told = [of_origin(device.reported, self._target.origin) for device in self.devices]
        return [max(whole_number(about.get(name)) or 0 for name in ("tried", "version")) for about in told]

    def _check_version(self, data: bytes, version: int, name: str) -> None:
        """ConfigError where every device would refuse the patch of the file ``name``, which is none that it has."""
        tried, sent = self._tried(), Sent.of(data, version, self._target.origin)
        outcomes = [by_report(sent, device.reported) for device in self.devices]
        if version <= min(tried) and all(outcome is None or outcome.state == "replaced" for outcome in outcomes):
            raise ConfigError(
                f"{name} has version {version}, but {self._target.written} has tried {min(tried)} already and would"
                " refuse it; raise the version, or leave it out"
            )

    def _signed(self, data: bytes) -> bytes:
        return self._signer.sign(data) if self._signer else data

    def _want(self, data: bytes, timeout_s: float) -> Wanted:
        return self._send(self._signed(data), patch.version_of(data), timeout_s)

    def _send(self, data: bytes, version: int | None, timeout_s: float) -> Wanted:
        sent = Sent.of(data, version, self._target.origin)
        outcomes = {device.name: self._first(device, sent) for device in self.devices}
        self._connection.publish(self._target.desired, data, retain=True)
        what = "nothing any more" if version is None else f"version {version}"
        self._say(f"{self._target.written}: {what} is wanted; waiting for {', '.join(outcomes)}")
        deadline = time.monotonic() + timeout_s
        try:
            while any(outcome.is_open for outcome in outcomes.values()) and time.monotonic() < deadline:
                self._follow(sent, outcomes, deadline)
        except BrokerError as exc:
            left = f"{'nothing' if version is None else what} stays retained on {self._target.desired}"
            raise BrokerError(f"{str(exc).removesuffix('.')}; {left}") from exc
        return Wanted(version, {name: self._final(name, outcome, timeout_s) for name, outcome in outcomes.items()})

    def _first(self, device: Device, sent: Sent) -> Outcome:
        if device.is_gone and self._target.is_group:
            return Outcome("offline", f"it is {device.state}; it will hear of it when it is back")
        if device.is_gone:
            self._say(f"{device.name} is {device.state}; it will hear of it when it is back")
        outcome = by_report(sent, device.reported)
        said_anew = "rejected", "replaced"  # of what was refused before, too
        return WAITING if outcome is None or outcome.state in said_anew else outcome

    def _follow(self, sent: Sent, outcomes: dict[str, Outcome], deadline: float) -> None:
        heard = self._hear(deadline - time.monotonic())
        if heard is None or heard[0] not in outcomes or heard[1] != "config/reported":
            return
        device, _, message = heard
        outcome = by_report(sent, message)
        if outcome is not None and outcome != outcomes[device]:
            outcomes[device] = outcome
            self._say(f"{device}: {outcome.state}{f': {outcome.reason}' if outcome.reason else ''}")

    def _final(self, name: str, outcome: Outcome, timeout_s: float) -> Outcome:
        if outcome.state == "committed":
            return replace(outcome, reason=hidden(self.device(name).reported, self._target.origin))
        if outcome.state == "trial":
            return Outcome("trial", f"still on trial after {timeout_s:g} s")
        if outcome.state == "waiting" and outcome.reason is not None:
            return Outcome("waiting", f"still waiting after {timeout_s:g} s: {outcome.reason}")
        return Outcome("silent", f"nothing was heard of it within {timeout_s:g} s") if outcome.is_open else outcome

    def _gather(self) -> None:
        """Take in what is retained; nothing says that this was the last of it."""
        deadline = time.monotonic() + GATHER_S
        quiet_at = time.monotonic() + QUIET_S
        while time.monotonic() < min(deadline, quiet_at):
            message = self._connection.receive(min(deadline, quiet_at) - time.monotonic())
            if message is not None and message.retained:
                quiet_at = time.monotonic() + QUIET_S
            if message is not None:
                self._fleet.take(message.topic, message.payload)
        if time.monotonic() >= deadline:
            raise DeskError(
                f"the broker at {self._connection.address} sends what is retained for {GATHER_S:g} s and more"
            )

    def _hear(self, timeout_s: float) -> tuple[str, str, Mapping[str, Any]] | None:
        message = self._connection.receive(max(0.0, timeout_s))
        return None if message is None else self._fleet.take(message.topic, message.payload)


def _lacks(answers: Mapping[str, Mapping[str, Any] | None], away: Mapping[str, float], now: float) -> bool:
    """Whether somebody has not answered who is there, or was a moment ago: a change of the connection looks like an
    end. ``away``: since when each has been that is not there."""
    return any(answer is None and now - away.get(name, now) < AGAIN_S for name, answer in answers.items())
