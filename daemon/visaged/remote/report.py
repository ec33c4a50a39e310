"""What ``config/reported`` says. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from visaged.config import Loaded, Patch, Problem
from visaged.config.groups import names
from visaged.remote.desired import name_of
from visaged.remote.layer import origins
from visaged.remote.ledger import Document, Ledger, Refusal, Verdict
from visaged.remote.waiting import REASON

State = Literal["local", "trial", "committed", "reverted", "rejected", "safe_mode", "disabled"]

SCHEMA_VERSION = 1
DISPENSABLE = (("effective",), ("effective", "keys", "errors"), ("effective", "keys", "errors", "origins"))
"""Without which a broker is told that does not take all of it."""

_LINE = re.compile(r":(\d+)(?::\d+)?$")


@dataclass(frozen=True, slots=True)
class Trial:
    """``since`` and ``ends`` in seconds since the epoch."""

    since: float
    ends: float
    gates: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Trouble:
    """``refusal``: what is not in force, and ``problems`` why; ``refused``: the paths of its keys, where known."""

    refusal: Refusal | None = None
    problems: tuple[Problem, ...] = ()
    refused: tuple[str, ...] = ()

    @staticmethod
    def of(document: Document, patch: Patch, problems: Sequence[Problem]) -> Trouble:
        """``document``, which says ``patch``, is refused."""
        refusal = Refusal(document.origin, document.version, document.sha256, lines(problems))
        return Trouble(refusal, tuple(problems), tuple(setting.path for setting in patch.settings))

    def concerns(self, origin: str) -> bool:
        """Whether what is not in force came from ``origin``."""
        return self.refusal is not None and self.refusal.origin == origin


@dataclass(frozen=True, slots=True)
class Report:
    """``patch``: the layer in force, None where there is none; ``waiting``: what is to be tried after it."""

    state: State
    ledger: Ledger
    loaded: Loaded
    patch: Patch | None
    trial: Trial | None
    trouble: Trouble
    waiting: Sequence[tuple[Document, Patch]]
    counters: Mapping[str, int]


def reported(report: Report) -> dict[str, Any]:
    """The message, but for ``effective``; secrets are hidden in it."""
    in_force = _in_force(report)
    hidden = _hidden(report, in_force)
    document = foremost(in_force)
    trial, refusal = report.trial, report.trouble.refusal
    return {
        "v": SCHEMA_VERSION,
        "version": document.version if document else None,
        "hash": document.sha256 if document else None,
        "origin": document.origin if document else None,
        "origins": _origins(report.ledger, in_force, hidden),
        "state": report.state,
        "trial": trial and {"since": round(trial.since, 3), "ends": round(trial.ends, 3), "gates": dict(trial.gates)},
        "waiting": _waiting(report),
        "keys": _keys(report),
        "errors": [_error(problem) for problem in report.trouble.problems],
        "rejected": refusal.about | {"reason": refusal.reason} if refusal else None,
        "counters": dict(report.counters),
    }


def forms(message: dict[str, Any]) -> list[dict[str, Any]]:
    """``message``, and shorter forms of it, which say what they lack."""
    return [message, *({**message, **dict.fromkeys(left_out), "left_out": left_out} for left_out in DISPENSABLE)]


def foremost(wanted: Mapping[str, Document]) -> Document | None:
    """Of what is wanted, the patch that wins: the device's own, else the last."""
    return wanted.get("device") or next(iter(reversed(list(wanted.values()))), None)


def replayed(document: Document, verdict: Verdict) -> Problem:
    """Why ``document`` cannot be tried, being no newer than one before."""
    what = "is older than" if verdict == "older" else "has other content than"
    sentence = f"version {document.version} {what} one that was here before; raise the version"
    return Problem(name_of(document.origin), sentence, ("version",))


def lines(problems: Iterable[Problem]) -> str:
    """What is wrong, on one line."""
    return "; ".join(str(problem) for problem in problems)


def _in_force(report: Report) -> dict[str, Document]:
    """By origin, the later winning: not that of a group to which the device does not belong any more."""
    if report.patch is None:
        return {}
    wanted = report.ledger.wanted
    here = origins(names(report.loaded.config.remote.groups))
    return {origin: wanted[origin] for origin in here if origin in wanted}


def _hidden(report: Report, in_force: Mapping[str, Document]) -> dict[str, dict[str, str]]:
    """By origin, the keys of its patch that something later overrides, and which origin or layer that is."""
    names = {name_of(origin): origin for origin in in_force}
    told: dict[str, dict[str, str]] = {origin: {} for origin in in_force}
    for setting in report.patch.settings if report.patch else ():
        path, origin = setting.path, names.get(_name(setting.where))
        wins = report.loaded.origin[path]
        if origin is not None and wins != setting.where:
            told[origin][path] = names.get(_name(wins), report.loaded.layer[path])
    return told


def _name(where: str) -> str:
    """What messages call the patch of which this is a line."""
    return where.rpartition(":")[0]


def _origins(
    ledger: Ledger, in_force: Mapping[str, Document], hidden: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, Any]]:
    """What is in force from each origin from which something was ever tried, and what was tried last and is not."""
    told: dict[str, dict[str, Any]] = {}
    for origin, tried in ledger.tried.items():
        document, refusal = in_force.get(origin), ledger.refusal(origin)
        told[origin] = {
            "version": document.version if document else None,
            "hash": document.sha256 if document else None,
            "state": "none" if document is None else "trial" if origin in ledger.trial else "committed",
            "tried": tried,
            "hidden": dict(hidden.get(origin, {})),
            "refused": refusal and {"version": refusal.version, "hash": refusal.sha256, "reason": refusal.reason},
        }
    return told


def _waiting(report: Report) -> dict[str, Any] | None:
    """The one that is next."""
    return report.waiting[0][0].about | {"reason": _why(report)} if report.waiting else None


def _why(report: Report) -> str:
    """What waits is not tried yet."""
    tried = next((document for document in report.ledger.trial.values() if report.trial), None)
    if tried is None:
        return REASON
    return f"it is tried when the trial of version {tried.version} from {tried.origin} is over"


def _keys(report: Report) -> dict[str, dict[str, str | None]]:
    keys: dict[str, dict[str, str | None]] = {}
    for setting in report.patch.settings if report.patch else ():
        origin = report.loaded.origin[setting.path]
        layer = report.loaded.layer[setting.path]
        if layer == "remote":
            keys[setting.path] = {"state": "applied", "reason": None}
        else:
            keys[setting.path] = {"state": "pending", "reason": f"the value of {origin} ({layer}) is in force"}
    for _, patch in report.waiting:
        keys |= {setting.path: {"state": "pending", "reason": _why(report)} for setting in patch.settings}
    for path in report.trouble.refused:
        keys[path] = {"state": "rejected", "reason": "the patch is rejected as a whole"}
    for problem in report.trouble.problems:
        keys |= {path: {"state": "rejected", "reason": str(problem)} for path in problem.keys}
    return keys


def _error(problem: Problem) -> dict[str, Any]:
    line = _LINE.search(problem.where)
    return {
        "where": problem.where,
        "sentence": problem.sentence,
        "keys": list(problem.keys),
        "line": int(line.group(1)) if line else None,
    }
