"""What ``visaged remote`` prints: a line a device, for people or as JSON. Pure.

What devices say comes from anybody, and may end on a terminal: whatever could steer that is taken out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from visaged.desk.errors import DeskError
from visaged.desk.fleet import Device
from visaged.desk.inside import inside
from visaged.desk.outcome import Outcome
from visaged.printable import printable

_NOT_RESULT = ("v", "device", "command", "id", "ok", "error")


def status_line(device: Device, as_json: bool) -> str:
    """How a device is, and which configuration it has."""
    about = {name: device.reported.get(name) for name in ("state", "version", "origin", "trial", "rejected")}
    if as_json:
        facts = {"status": device.said.get("status"), "groups": device.groups}
        return _json(device.name, **facts, config=about if device.reported else None)
    reason = inside(device.said, "status").get("reason")
    words = f"{device.name}: {device.state}{f' ({reason})' if reason else ''}"
    if not device.reported:
        return printable(f"{words}; nothing was reported of its configuration")
    version = "" if about["version"] is None else f", version {about['version']} for {about['origin']}"
    refused = inside(device.reported, "rejected")
    which = "what came last" if refused.get("version") is None else f"version {refused['version']}"
    why = f"; {which} is not in force: {refused.get('reason')}" if refused else ""
    return printable(f"{words}; configuration {about['state']}{version}{why}")


def config_lines(device: Device, paths: Sequence[str], as_json: bool) -> Iterator[str]:
    """The configuration in force, or of it only ``paths``. DeskError where there is none, or no such key."""
    effective = inside(device.reported, "effective")
    if not effective:
        left_out = device.reported.get("left_out")
        hint = "its broker takes no message as long as that" if left_out else "try `command get-config`"
        raise DeskError(f"{device.name} has not reported its configuration; {hint}")
    unknown = [path for path in paths if path not in effective]
    if unknown:
        raise DeskError(f"{device.name} has no key {unknown[0]}")
    chosen = {path: effective[path] for path in paths or effective}
    if as_json:
        yield _json(device.name, config=chosen)
        return
    for path in chosen:
        facts = inside(chosen, path)
        place = " ".join(dict.fromkeys((str(facts.get("layer")), str(facts.get("where")))))
        yield printable(
            f"{device.name}: {path} = {json.dumps(facts.get('value'), ensure_ascii=False, default=str)}  # {place}"
        )


def outcome_line(device: str, version: int | None, outcome: Outcome, as_json: bool) -> str:
    """What became of a patch."""
    if as_json:
        return _json(device, state=outcome.state, version=version, reason=outcome.reason)
    of = "" if version is None else f" version {version}"
    return printable(f"{device}: {outcome.state}{of}{f': {outcome.reason}' if outcome.reason else ''}")


def answer_line(device: Device, answer: Mapping[str, Any] | None, as_json: bool) -> str:
    """What a command was answered; None: nothing."""
    if as_json:
        return _json(device.name, answer=answer)
    if answer is None:
        return printable(f"{device.name}: no answer{f'; it is {device.state}' if device.is_gone else ''}")
    error = inside(answer, "error")
    if error:
        return printable(f"{device.name}: {error.get('code')}: {error.get('message')}")
    result = {name: value for name, value in answer.items() if name not in _NOT_RESULT}
    return printable(f"{device.name}: ok{f' {json.dumps(result, default=str)}' if result else ''}")


def _json(device: str, **facts: Any) -> str:
    return json.dumps({"device": device, **facts}, default=str)
