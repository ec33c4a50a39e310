"""``visaged config``: check a configuration, show what is in force and why, and explain its keys."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, TypeAlias

from visaged.cli.options import add_config_options, identity, load_config
from visaged.cli.output import tell
from visaged.config import SYSTEM_FILE, InvalidConfigError, Loaded, Patch, document, dump, load, read_patch
from visaged.config.difference import difference, difference_facts
from visaged.config.dumper import dump_facts
from visaged.config.explanation import explanation, explanation_facts
from visaged.config.groups import names
from visaged.config.json_schema import json_schema
from visaged.config.keys import KEYS, SECTIONS, Key
from visaged.config.loader import DEFAULT, DEFAULTS
from visaged.config.nearest import unknown
from visaged.errors import ConfigError, UsageError
from visaged.remote.onlooker import kept
from visaged.remote.storage import StorageError
from visaged.state import SYSTEM as STATE

_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_parser(subparsers: _Commands) -> None:
    """Add ``config`` and its commands."""
    parser = subparsers.add_parser("config", help="check, show and explain the configuration", description=__doc__)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (_add_check, _add_dump, _add_diff, _add_explain):
        command = add(commands)
        command.add_argument(
            "--remote",
            type=Path,
            metavar="PATCH",
            help=f"lay this over the files, as if it came from afar (to a device with its state in {STATE})",
        )
        command.add_argument("--json", action="store_true", help="print JSON")
    schema = commands.add_parser("schema", help="print the JSON Schema, with which editors complete a configuration")
    schema.set_defaults(func=_schema)


def _add_check(commands: _Commands) -> argparse.ArgumentParser:
    check = commands.add_parser("check", help="say whether a configuration is valid, and every problem if not")
    check.add_argument("config", nargs="?", type=Path, metavar="FILE", help=f"default: {SYSTEM_FILE}, where it exists")
    check.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="sets", help="check it with one key set"
    )
    check.set_defaults(func=_check)
    return check


def _add_dump(commands: _Commands) -> argparse.ArgumentParser:
    shown = commands.add_parser("dump", help="print the configuration in force as TOML, with the origin of each value")
    add_config_options(shown)
    shown.set_defaults(func=_dump)
    return shown


def _add_diff(commands: _Commands) -> argparse.ArgumentParser:
    diff = commands.add_parser("diff", help="print only what differs from the defaults, or from another configuration")
    add_config_options(diff)
    diff.add_argument("--against", type=Path, metavar="OTHER", help="the other file (default: the defaults)")
    diff.set_defaults(func=_diff)
    return diff


def _add_explain(commands: _Commands) -> argparse.ArgumentParser:
    explain = commands.add_parser("explain", help="say all about a key: meaning, limits, default, value in force")
    explain.add_argument("key", metavar="KEY", help="such as mqtt.port; a section, such as mqtt, for all of its keys")
    add_config_options(explain)
    explain.set_defaults(func=_explain)
    return explain


def _check(arguments: argparse.Namespace) -> int:
    if arguments.json:
        return _check_for_programs(arguments)
    layers = _asked_for(arguments).layer.values()
    changed = sum(layer != DEFAULT for layer in layers)
    print(f"the configuration is valid: {changed} of {len(layers)} keys set, the others at their defaults")
    return 0


def _check_for_programs(arguments: argparse.Namespace) -> int:
    problems = []
    try:
        _asked_for(arguments)
    except InvalidConfigError as exc:
        problems = [{"where": found.where, "keys": found.keys, "message": found.sentence} for found in exc.problems]
    _print({"valid": not problems, "problems": problems})
    return ConfigError.exit_code if problems else 0


def _dump(arguments: argparse.Namespace) -> int:
    loaded = _load(arguments)
    if arguments.json:
        _print(dump_facts(loaded))
    else:
        sys.stdout.write(dump(loaded))
    return 0


def _diff(arguments: argparse.Namespace) -> int:
    loaded = _load(arguments)
    other = load(arguments.against, []) if arguments.against else DEFAULTS
    if arguments.json:
        _print(difference_facts(loaded, other))
    else:
        sys.stdout.write(difference(loaded, other))
    return 0


def _explain(arguments: argparse.Namespace) -> int:
    keys = _keys(arguments.key)
    loaded = _load_if_valid(arguments)
    if arguments.json:
        _print([explanation_facts(key, loaded) for key in keys])
    else:
        print("\n".join(explanation(key, loaded) for key in keys), end="")
    return 0


def _schema(_: argparse.Namespace) -> int:
    _print(json_schema())
    return 0


def _keys(path: str) -> list[Key]:
    """The key at ``path``, or all of the section that has this name."""
    if path in KEYS:
        return [KEYS[path]]
    if path in SECTIONS:
        return [key for key in KEYS.values() if key.path.startswith(f"{path}.")]
    raise UsageError(unknown(path))


def _asked_for(arguments: argparse.Namespace) -> Loaded:
    """What the command line and the files that it names come to, whatever a daemon keeps."""
    return load_config(arguments, _patch(arguments.remote))


def _load(arguments: argparse.Namespace) -> Loaded:
    """What is in force, with what the daemon keeps from afar; where that cannot be had, standard error says so."""
    loaded = _asked_for(arguments)
    remote = loaded.config.remote
    if arguments.remote or not remote.enabled:
        return loaded
    try:
        patch = kept(arguments.config, identity(arguments), names(remote.groups))
        return load_config(arguments, patch) if patch else loaded
    except StorageError as exc:
        tell(f"visaged: without what was set from afar: {exc}")
    except InvalidConfigError as exc:
        tell(f"visaged: without what was set from afar, which does not go with this: {exc}")
    return loaded


def _load_if_valid(arguments: argparse.Namespace) -> Loaded | None:
    """None where the configuration is not valid: who wants to know what a key takes has perhaps just got it wrong."""
    try:
        return _load(arguments)
    except InvalidConfigError:
        return None


def _patch(file: Path | None) -> Patch | None:
    return read_patch(document.content(file), str(file), STATE) if file else None


def _print(result: Any) -> None:
    print(json.dumps(result, indent=2, ensure_ascii=False))
