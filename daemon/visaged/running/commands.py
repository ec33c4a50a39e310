"""What others may ask of this device: takes requests off the wire, and sends the answers.

Nothing in a request is trusted. One that makes sense is answered, with a result or a typed error; what is retained or
comes too fast is not, and is counted: a command is for now, and an answer to a flood would be a flood.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from visaged.mqtt import payload
from visaged.mqtt.codec import Encoding, encode
from visaged.mqtt.incoming import Incoming
from visaged.mqtt.topics import Topics
from visaged.running.kept import IN_WORK, Kept
from visaged.running.request import CommandError, Request, read_request
from visaged.running.tokens import Tokens

MAX_CORRELATION = 256
"""Bytes; what is longer is not sent back."""

BURST, PER_SECOND = 10, 2.0
"""Commands that may come at once, and how many a second for ever."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command came to: ``result`` is told in any case, ``error`` (code, sentence) where it failed."""

    result: Mapping[str, Any] = field(default_factory=dict)
    error: tuple[str, str] | None = None


TOO_LONG = Answer(error=("too_long", "the answer is longer than what the broker of this device takes"))

Respond = Callable[[Answer], None]
Handler = Callable[[Mapping[str, Any], Respond], None]
"""Begins to obey a command and returns at once; the answer may come later, from any thread. Given what the request says
beside its id. Raises CommandError for what cannot be obeyed."""

Publish = Callable[[str, bytes, bytes | None, bytes], None]
"""Topic, message, the correlation data of the request, and what to say where the broker takes no message so long."""


@dataclass(frozen=True, slots=True)
class Command:
    """``takes``: the names of what a request may say beside its id."""

    obey: Handler
    takes: frozenset[str] = frozenset()


class Commands:
    """The ``commands`` of one device, by name; of those the ``permitted`` ones are obeyed.

    A request whose id is in ``kept`` gets the answer that it got before. ``receive`` belongs to one thread.
    """

    def __init__(
        self,
        topics: Topics,
        encoding: Encoding,
        commands: Mapping[str, Command],
        *,
        permitted: Collection[str],
        kept: Kept,
        publish: Publish,
    ) -> None:
        self._topics = topics
        self._encoding = encoding
        self._commands = commands
        self._permitted = sorted(set(permitted) & set(commands))
        self._kept = kept
        self._publish = publish
        self._tokens = Tokens(BURST, PER_SECOND)
        self._taken = self._refused = self._repeated = 0

    @property
    def permitted(self) -> list[str]:
        """The names of what is obeyed."""
        return self._permitted

    @property
    def counts(self) -> Mapping[str, int]:
        """Commands since the start: ``taken``, ``repeated``, and ``refused``, with an answer or without."""
        return {"taken": self._taken, "repeated": self._repeated, "refused": self._refused}

    def receive(self, message: Incoming) -> None:
        """One message of the subscriptions to ``topics.commands``."""
        name = self._topics.command_of(message.topic)
        if name is None or message.retained or not self._tokens.take(time.monotonic()):
            self._refused += 1
            return
        request = Request(None, {})
        try:
            request = read_request(message.payload)
            self._check(name, request, message)
        except CommandError as exc:
            self._refused += 1
            self._send(name, request, message, self._told(name, request, _error(exc)))
            return
        self._obey(name, request, message)

    def _check(self, name: str, request: Request, message: Incoming) -> None:
        if name not in self._commands:
            known = ", ".join(self._permitted) or "none here"
            raise CommandError("unknown_command", f"there is no such command; there is {known}")
        if name not in self._permitted:
            raise CommandError("not_permitted", f"{name} is not among mqtt.permitted on this device")
        takes = self._commands[name].takes
        if set(request.fields) - takes:
            named = " and ".join(["id", *sorted(takes)])
            raise CommandError("bad_request", f"a request for {name} has no other field than {named}")
        if not _is_short(message.correlation):
            raise CommandError("bad_request", f"correlation data has {MAX_CORRELATION} bytes at most")

    def _obey(self, name: str, request: Request, message: Incoming) -> None:
        before = None if request.id is None else self._kept.begin((name, request.id))
        if before is None:
            self._begin(name, request, message)
            return
        self._repeated += 1
        if before != IN_WORK:
            self._send(name, request, message, before)

    def _begin(self, name: str, request: Request, message: Incoming) -> None:
        try:
            self._commands[name].obey(request.fields, partial(self._respond, name, request, message))
        except CommandError as exc:
            self._refused += 1
            self._respond(name, request, message, _error(exc))
        else:
            self._taken += 1

    def _respond(self, name: str, request: Request, message: Incoming, answer: Answer) -> None:
        told = self._told(name, request, answer)
        if request.id is not None:
            self._kept.finish((name, request.id), told)
        self._send(name, request, message, told)

    def _told(self, name: str, request: Request, answer: Answer) -> bytes:
        told = payload.answer(self._topics.device, name, request.id, answer.result, answer.error)
        return encode(told, self._encoding)

    def _send(self, name: str, request: Request, message: Incoming, told: bytes) -> None:
        topic = message.response_topic
        if topic is None or not self._topics.may_answer_on(topic):
            topic = self._topics.response(name if name in self._commands else "unknown")
        correlation = message.correlation if _is_short(message.correlation) else None
        self._publish(topic, told, correlation, self._told(name, request, TOO_LONG))


def _error(exc: CommandError) -> Answer:
    return Answer(error=(exc.code, str(exc)))


def _is_short(correlation: bytes | None) -> bool:
    return len(correlation or b"") <= MAX_CORRELATION
