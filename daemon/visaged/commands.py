"""What others may ask of this device: takes requests off the wire, and sends the answers.

Nothing in a request is trusted. One that makes sense is answered, with a result or a typed error; what is retained or
comes too fast is not, and is counted: a command is for now, and an answer to a flood would be a flood.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from visaged.errors import VisagedError
from visaged.mqtt import payload
from visaged.mqtt.codec import Encoding, PayloadError, decode, encode
from visaged.mqtt.incoming import Incoming
from visaged.mqtt.topics import Topics

MAX_REQUEST = 4096
"""Bytes; a request holds little more than its id."""

MAX_ID = 128
MAX_CORRELATION = 256
"""Bytes; what is longer is not sent back."""

BURST, PER_SECOND = 10, 2.0
"""Commands that may come at once, and how many a second for ever."""


class CommandError(VisagedError):
    """A command that is not obeyed. ``code`` is the reason in one word, for programs."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command came to: ``result`` is told in any case, ``error`` (code, sentence) where it failed."""

    result: Mapping[str, Any]
    error: tuple[str, str] | None = None


Respond = Callable[[Answer], None]
Handler = Callable[[Respond], None]
"""Begins to obey a command and returns at once; the answer may come later, from any thread."""

Publish = Callable[[str, bytes, bytes | None], None]
"""Topic, message, and the correlation data of the request."""


class Commands:
    """The commands of ``handlers``, by name. ``receive`` belongs to one thread."""

    def __init__(self, topics: Topics, encoding: Encoding, handlers: Mapping[str, Handler], publish: Publish) -> None:
        self._topics = topics
        self._encoding = encoding
        self._handlers = handlers
        self._publish = publish
        self._tokens = Tokens(BURST, PER_SECOND)
        self._taken = 0
        self._refused = 0

    @property
    def counts(self) -> Mapping[str, int]:
        """Commands since the start: ``taken``, and ``refused``, with an answer or without."""
        return {"taken": self._taken, "refused": self._refused}

    def receive(self, message: Incoming) -> None:
        """One message of the subscription to ``topics.commands``."""
        name = self._topics.command_of(message.topic)
        if name is None or message.retained or not self._tokens.take(time.monotonic()):
            self._refused += 1
            return
        number = None
        try:
            fields = _fields(message.payload)
            number = _id(fields)
            handler = self._handler(name, fields)
            _check_correlation(message)
        except CommandError as exc:
            self._refused += 1
            self._respond(name, number, message, Answer({}, (exc.code, str(exc))))
            return
        self._taken += 1
        handler(partial(self._respond, name, number, message))

    def _handler(self, name: str, fields: Mapping[str, Any]) -> Handler:
        if name not in self._handlers:
            known = ", ".join(sorted(self._handlers))
            raise CommandError("unknown_command", f"there is no such command; there is {known}")
        if set(fields) - {"id"}:
            raise CommandError("bad_request", "a request has no other field than id")
        return self._handlers[name]

    def _respond(self, name: str, number: str | int | None, message: Incoming, answer: Answer) -> None:
        topic = message.response_topic
        if topic is None or not self._topics.may_answer_on(topic):
            topic = self._topics.response(name if name in self._handlers else "unknown")
        told = payload.answer(name, number, answer.result, answer.error)
        correlation = message.correlation if _is_short(message.correlation) else None
        self._publish(topic, encode(told, self._encoding), correlation)


class Tokens:
    """A bucket of ``burst`` tokens into which ``per_second`` drip."""

    def __init__(self, burst: int, per_second: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._left = float(burst)
        self._since = 0.0

    def take(self, now: float) -> bool:
        """Take one at ``now`` (monotonic seconds); false where none is left."""
        self._left = min(self._burst, self._left + (now - self._since) * self._per_second)
        self._since = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


def _fields(request: bytes) -> Mapping[str, Any]:
    """What a request says; CommandError for what is none."""
    if not request:
        return {}
    if len(request) > MAX_REQUEST:
        raise CommandError("bad_request", f"a request of {len(request)} bytes is longer than {MAX_REQUEST}")
    try:
        return decode(request)
    except PayloadError as exc:
        raise CommandError("bad_request", "a request is empty, or a JSON or CBOR object") from exc


def _id(fields: Mapping[str, Any]) -> str | int | None:
    """The request's id, None where it has none; CommandError for what cannot be one."""
    number = fields.get("id")
    if number is None or (isinstance(number, str) and len(number) <= MAX_ID):
        return number
    if isinstance(number, int) and not isinstance(number, bool):
        return number
    raise CommandError("bad_request", f"an id is a whole number, or text of {MAX_ID} characters at most")


def _check_correlation(message: Incoming) -> None:
    """CommandError for what is too long to be sent back."""
    if not _is_short(message.correlation):
        raise CommandError("bad_request", f"correlation data has {MAX_CORRELATION} bytes at most")


def _is_short(correlation: bytes | None) -> bool:
    return len(correlation or b"") <= MAX_CORRELATION
