"""``visaged watch``: what the devices publish, live. A table on a terminal, else one line for each message."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import threading
import time
from collections import deque

from paho.mqtt.enums import MQTTProtocolVersion

from visaged.broker import broker_settings
from visaged.cli.watch_view import View, clean, json_line, plain_line
from visaged.config.schema import MqttSection
from visaged.errors import BrokerError, UsageError
from visaged.mqtt.codec import PayloadError, decode
from visaged.mqtt.dialer import Dialer
from visaged.mqtt.incoming import Incoming
from visaged.mqtt.session import Session
from visaged.mqtt.settings import BrokerSettings, tls_context
from visaged.mqtt.topics import check_device, check_root
from visaged.mqtt.wake import Waker

KINDS = ("status", "pose")
REDRAW_S = 0.1
MAX_WAITING = 1000
"""Messages kept between two looks at them; a flood drops its oldest instead of filling the memory."""

HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
HOME, CLEAR_SCREEN, CLEAR_LINE, CLEAR_BELOW = "\x1b[H", "\x1b[2J", "\x1b[K", "\x1b[J"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of ``visaged``."""
    parser = commands.add_parser("watch", help="show poses as they arrive at the broker", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", metavar="H", help="the broker's host (default: %(default)s)")
    parser.add_argument("--port", type=int, metavar="P", help="the broker's port (default: 1883, with --tls 8883)")
    parser.add_argument("--topic-root", default="visaged", metavar="R", help="front of the topics (default: visaged)")
    parser.add_argument("--device", metavar="D", help="one device only (default: all)")
    parser.add_argument("--count", type=int, metavar="N", help="end after N pose messages")
    parser.add_argument("--timeout", type=float, metavar="S", help="end after S seconds; without --count that is fine")
    parser.add_argument("--json", action="store_true", help="print each message as one line of JSON with its topic")
    parser.add_argument("--username", default="", metavar="U", help="user name for the broker")
    parser.add_argument("--password-file", default="", metavar="F", help="file whose first line is the password")
    parser.add_argument("--tls", action="store_true", help="encrypt, and verify the broker's certificate")
    parser.add_argument("--ca-file", default="", metavar="F", help="certificates to trust (default: the system's)")
    parser.add_argument("--cert-file", default="", metavar="F", help="this client's certificate")
    parser.add_argument("--key-file", default="", metavar="F", help="the private key of --cert-file")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Show messages until told to stop; 0 then, 1 if fewer came in time than were asked for."""
    watch = Watch(_settings(args), check_root(args.topic_root), args.device and check_device(args.device))
    screen = sys.stdout.isatty() and not args.json
    try:
        with _Screen(watch.view, screen) as show:
            return watch.run(show, args.json, args.count, args.timeout)
    except KeyboardInterrupt:
        return 0


class Watch:
    """A subscription to poses and states below ``root``, of one ``device`` or of all."""

    def __init__(self, settings: BrokerSettings, root: str, device: str | None) -> None:
        self.view = View(settings.address)
        self._settings = settings
        self._root = root
        self._topics = [f"{root}/{device or '+'}/{kind}" for kind in KINDS]
        self._context = tls_context(settings)
        self._waker = Waker()
        self._waiting: deque[tuple[str, bytes]] = deque(maxlen=MAX_WAITING)
        self._poses = 0

    def run(self, show: _Screen, as_json: bool, count: int | None, timeout_s: float | None) -> int:
        """Receive and show; raises BrokerError where the broker cannot be reached or is lost."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        session = Dialer(self._settings, self._make_session).dial(threading.Event())
        session.subscribe(self._topics)
        try:
            while deadline is None or time.monotonic() < deadline:
                session.step(REDRAW_S if deadline is None else min(REDRAW_S, max(0.0, deadline - time.monotonic())))
                while self._waiting:
                    self._take(*self._waiting.popleft(), show, as_json)
                    if count is not None and self._poses >= count:
                        return 0
                show.redraw()
        finally:
            session.close(time.monotonic() + 1.0)
        return self._out_of_time(count, timeout_s)

    def _out_of_time(self, count: int | None, timeout_s: float | None) -> int:
        if self._poses and count is None:
            return 0
        asked = f" of {count}" if count is not None else ""
        raise BrokerError(f"{self._poses}{asked} messages came on {self._topics[-1]} within {timeout_s:g} s.")

    def _take(self, topic: str, payload: bytes, show: _Screen, as_json: bool) -> None:
        device, _, kind = topic[len(self._root) + 1 :].rpartition("/")
        if kind == "status" and not payload:
            self.view.forget_status(device)
            return
        try:
            message = decode(payload)
        except PayloadError as exc:
            self.view.add_rubbish(f"{device}/{kind}: {exc}")
            show.complain(f"{clean(topic, 120)}: {clean(exc, 160)}")
            return
        self._poses += kind == "pose"
        self.view.add(device, kind, message, time.monotonic())
        show.print(json_line(topic, message) if as_json else plain_line(device, kind, message))

    def _make_session(self, version: MQTTProtocolVersion) -> Session:
        return Session(self._settings, version, self._context, self._waker, on_message=self._received)

    def _received(self, message: Incoming) -> None:
        self._waiting.append((message.topic, message.payload))


class _Screen:
    """Where messages go: ``live`` redraws a table in place, otherwise lines are printed one after the other."""

    def __init__(self, view: View, live: bool) -> None:
        self._view = view
        self._live = live
        self._drawn = 0.0

    def __enter__(self) -> _Screen:
        if self._live:
            self._write(HIDE_CURSOR + CLEAR_SCREEN)
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._write(SHOW_CURSOR)

    def print(self, line: str) -> None:
        """One message as a line, unless the table shows it."""
        if not self._live:
            print(line, flush=True)

    def complain(self, line: str) -> None:
        """A message that could not be understood, unless the table shows it."""
        if not self._live:
            print(line, file=sys.stderr)

    def redraw(self) -> None:
        """Draw the table if it is time to."""
        now = time.monotonic()
        if not self._live or now - self._drawn < REDRAW_S:
            return
        self._drawn = now
        columns, rows = shutil.get_terminal_size()
        # A serial console may not know its size, and Python 3.10 then says 0.
        lines = self._view.lines(now, (columns or 80) - 1)[: (rows or 24) - 1]
        self._write(HOME + "".join(f"{line}{CLEAR_LINE}\n" for line in lines) + CLEAR_BELOW)

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


def _settings(args: argparse.Namespace) -> BrokerSettings:
    if args.count is not None and args.count < 1:
        raise UsageError(f"--count must be at least 1, not {args.count}.")
    if args.timeout is not None and not args.timeout > 0:
        raise UsageError(f"--timeout must be more than 0 seconds, not {args.timeout:g}.")
    if not args.tls and (args.ca_file or args.cert_file or args.key_file):
        raise UsageError("--ca-file, --cert-file and --key-file need --tls beside them.")
    mqtt = MqttSection(
        host=args.host,
        port=args.port if args.port is not None else 8883 if args.tls else 1883,
        username=args.username,
        password_file=args.password_file,
        tls=args.tls,
        tls_ca_file=args.ca_file,
        tls_cert_file=args.cert_file,
        tls_key_file=args.key_file,
    )
    return broker_settings(mqtt, f"visaged-watch-{os.getpid()}-{os.urandom(3).hex()}")
