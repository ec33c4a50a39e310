"""``visaged remote``: look after devices from a desk, over the broker alone: one of them, or all of a group."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visaged.cli.options import add_config_options, load_config
from visaged.cli.remote_view import answer_line, config_lines, outcome_line, status_line
from visaged.config import assignments, document
from visaged.config.keys import KEYS
from visaged.config.nearest import unknown
from visaged.desk.errors import DeskError
from visaged.errors import UsageError

if TYPE_CHECKING:
    from visaged.desk.office import Office, Wanted

USAGE = """visaged remote [OPTION ...] (DEVICE | --group G) ACTION [...]
       visaged remote keygen FILE"""

ACTIONS = """\
actions:
  status               how each device is, and which configuration it has
  get [KEY ...]        the configuration in force, and where each value came from
  set KEY=VALUE ...    ask for these values, beside what is asked for already
  unset KEY ...        do not ask for these any more
  push FILE            ask for what FILE says (TOML) instead; without a version it gets the next one
  clear                ask for nothing any more: back to the files on the device
  command NAME [JSON]  ask for something at once: ping, snapshot, redetect, reload, restart, log-level, get-config
  keygen FILE          make a key to sign with, and print the line for remote.public_keys_file

set, unset, push and clear wait until every device has kept it, taken it back, or refused it; the exit status is 0
where all have kept it, else 1."""

OPERANDS = {
    "status": (0, 0),
    "get": (0, None),
    "set": (1, None),
    "unset": (1, None),
    "push": (1, 1),
    "clear": (0, 0),
    "command": (1, 2),
}
"""How many words each action takes, at least and at most."""

PATCH_S, COMMAND_S = 180.0, 10.0
"""How long to wait for an outcome, a trial included, and for an answer."""

LONGEST_S = 86_400.0

COMMAND = re.compile(r"[A-Za-z0-9-]+")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of ``visaged``."""
    parser = commands.add_parser(
        "remote",
        help="look after devices from a desk: their configuration, and commands",
        description=__doc__,
        usage=USAGE,
        epilog=ACTIONS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("words", nargs="*", metavar="DEVICE ACTION", help="see below; options may stand anywhere")
    parser.add_argument("--group", metavar="G", help="all devices with G in remote.groups, instead of one DEVICE")
    parser.add_argument("--json", action="store_true", help="print a line of JSON for each device")
    parser.add_argument("--sign", type=Path, metavar="KEYFILE", help="sign what is sent with this private key (PEM)")
    parser.add_argument("--timeout", type=float, metavar="S", help="seconds to wait (default: 180, for a command 10)")
    parser.add_argument("--host", metavar="H", help="the broker's host (mqtt.host)")
    parser.add_argument("--port", metavar="P", help="the broker's port (mqtt.port)")
    add_config_options(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Do one thing for one device or group; 0 where every device has done it."""
    words = list(args.words)
    if args.group is None and words[:1] == ["keygen"]:
        return _keygen(words[1:])
    name = args.group if args.group is not None else words.pop(0) if words else None
    if name is None:
        raise UsageError("name a device, or a group with --group; see `visaged remote --help`")
    action, operands = _action(words)
    if args.timeout is not None and not 0 < args.timeout <= LONGEST_S:
        raise UsageError(f"--timeout must be more than 0 seconds and {LONGEST_S:.0f} at most, not {args.timeout:g}.")
    prepared = _prepared(action, operands)
    return _at_the_desk(args, name, action, prepared)


def _action(words: list[str]) -> tuple[str, list[str]]:
    action, operands = (words[0] if words else ""), words[1:]
    if action not in OPERANDS:
        raise UsageError(f"{action!r} is no action; there are {', '.join(OPERANDS)}")
    least, most = OPERANDS[action]
    if len(operands) < least or (most is not None and len(operands) > most):
        raise UsageError(f"{action} does not take {len(operands)} words; see `visaged remote --help`")
    return action, operands


def _prepared(action: str, operands: list[str]) -> Any:
    """What can be wrong without asking a broker."""
    if action == "set":
        parsed = {setting.path: setting.value for setting in map(assignments.parse, operands)}
        unknown_path = next((path for path in parsed if path not in KEYS), None)
        if unknown_path is not None:
            raise UsageError(unknown(unknown_path))
        return parsed
    if action == "push":
        return document.content(Path(operands[0])), operands[0]
    if action == "command":
        return _command(operands[0]), _fields(operands[1] if len(operands) > 1 else "{}")
    return operands


def _command(name: str) -> str:
    if not COMMAND.fullmatch(name):
        raise UsageError(f"{name!r} is no name of a command; those have letters, digits and dashes, such as log-level")
    return name


def _fields(text: str) -> Mapping[str, Any]:
    try:
        fields = json.loads(text)
    except ValueError as exc:
        raise UsageError(f"{text!r} is not valid JSON: {exc}") from exc
    if not isinstance(fields, dict) or "id" in fields:
        raise UsageError('what a command is given is a JSON object without an id, such as {"level": "debug"}')
    return fields


def _at_the_desk(args: argparse.Namespace, name: str, action: str, prepared: Any) -> int:
    from visaged.broker import broker_settings
    from visaged.desk.connection import Connection
    from visaged.desk.office import Office
    from visaged.desk.signing import Signer
    from visaged.desk.target import Target

    broker = [f"mqtt.{key}={getattr(args, key)}" for key in ("host", "port") if getattr(args, key) is not None]
    args.sets = [*broker, *args.sets]
    mqtt = load_config(args).config.mqtt
    target = Target(mqtt.topic_root, name, is_group=args.group is not None)
    signer = Signer(args.sign) if args.sign else None
    with Connection(broker_settings(mqtt, "visaged-desk")) as connection:
        return _do(Office(connection, target, _say, signer), action, prepared, args)


def _do(office: Office, action: str, prepared: Any, args: argparse.Namespace) -> int:
    if action == "status":
        return _print(status_line(device, args.json) for device in office.devices)
    if action == "get":
        return _get(office, prepared, args.json)
    timeout_s = args.timeout or (COMMAND_S if action == "command" else PATCH_S)
    if action == "command":
        command, fields = prepared
        answers = office.command(command, fields, timeout_s)
        _print(answer_line(office.device(device), answer, args.json) for device, answer in answers.items())
        return 0 if all(answer and answer.get("ok") is True for answer in answers.values()) else 1
    wanted = _want(office, action, prepared, timeout_s)
    _print(outcome_line(device, wanted.version, outcome, args.json) for device, outcome in wanted.outcomes.items())
    return 0 if all(outcome.is_well for outcome in wanted.outcomes.values()) else 1


def _get(office: Office, paths: Sequence[str], as_json: bool) -> int:
    status = 0
    for device in office.devices:
        try:
            _print(config_lines(device, paths, as_json))
        except DeskError as exc:  # the others may have what this one has not
            _say(str(exc))
            status = exc.exit_code
    return status


def _want(office: Office, action: str, prepared: Any, timeout_s: float) -> Wanted:
    if action == "set":
        return office.set(prepared, (), timeout_s)
    if action == "unset":
        return office.set({}, prepared, timeout_s)
    if action == "clear":
        return office.clear(timeout_s)
    data, name = prepared
    return office.push(data, name, timeout_s)


def _keygen(operands: list[str]) -> int:
    from visaged.desk.signing import make_key

    if len(operands) != 1:
        raise UsageError("keygen takes one word, the file to write; see `visaged remote --help`")
    print(make_key(Path(operands[0])))
    return 0


def _print(lines: Any) -> int:
    for line in lines:
        print(line, flush=True)
    return 0


def _say(words: str) -> None:
    from visaged.printable import printable

    print(f"visaged: {printable(words)}", file=sys.stderr, flush=True)
