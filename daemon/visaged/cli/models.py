"""``visaged models``: list, verify, import and fetch model packs."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

import msgspec

from visaged.errors import ModelError, UsageError
from visaged.models import load
from visaged.models.condition import Condition, examine
from visaged.models.pack import Pack, load_pack, verify_pack
from visaged.models.store import pack_folders, search_path, write_dir

REGRESSORS = ("mb05", "mb1")
FETCHABLE = ("3ddfa_v2", "yunet")

_Actions: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser of ``visaged``."""
    parser = commands.add_parser("models", help="list, verify, import and fetch model packs", description=__doc__)
    _add_models_dir(parser, None)
    actions = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (_add_list, _add_verify, _add_import, _add_fetch):
        # Behind the command as before it; there it must not undo what was given here.
        _add_models_dir(add(actions), argparse.SUPPRESS)


def _add_models_dir(parser: argparse.ArgumentParser, default: str | None) -> None:
    parser.add_argument(
        "--models-dir", type=Path, default=default, metavar="D", help="folder of packs, instead of the usual places"
    )


def _add_list(actions: _Actions) -> argparse.ArgumentParser:
    listing = actions.add_parser("list", help="the packs that are there: licence, permitted use, size, state")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(func=_list)
    return listing


def _add_verify(actions: _Actions) -> argparse.ArgumentParser:
    verifying = actions.add_parser("verify", help="read every file of the packs and compare its hash")
    verifying.add_argument("names", nargs="*", metavar="NAME", help="packs (default: all)")
    verifying.add_argument("--json", action="store_true", help="print JSON")
    verifying.set_defaults(func=_verify)
    return verifying


def _add_import(actions: _Actions) -> argparse.ArgumentParser:
    importing = actions.add_parser("import", help="make packs from a clone of 3DDFA_V2, or from YuNet's ONNX file")
    importing.add_argument(
        "place", type=Path, metavar="DIR", help="the clone, YuNet's file or folder, or a folder holding both"
    )
    importing.add_argument(
        "--allow-unverified",
        action="store_true",
        help="import files that are not upstream's as well; the pack stays marked",
    )
    importing.add_argument("--regressor", choices=REGRESSORS, help="network (default: mb05 where it is there)")
    importing.set_defaults(func=_import)
    return importing


def _add_fetch(actions: _Actions) -> argparse.ArgumentParser:
    fetching = actions.add_parser("fetch", help="download a pack's files from upstream, verify and import them")
    fetching.add_argument("name", choices=FETCHABLE, metavar="NAME", help=" or ".join(FETCHABLE))
    fetching.add_argument("--base-url", metavar="URL", help="mirror laid out as upstream's repository is")
    fetching.add_argument("--regressor", choices=REGRESSORS, help="network (default: mb05)")
    fetching.add_argument(
        "--timeout", type=_seconds, default=20.0, metavar="S", help="seconds of silence that end an attempt (20)"
    )
    fetching.set_defaults(func=_fetch)
    return fetching


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("a number of seconds above 0 is needed")
    return value


def _list(args: argparse.Namespace) -> int:
    found = _examine_all(args.models_dir, load_pack)
    if not found:
        print(f"visaged: {_none_in(args.models_dir)}", file=sys.stderr)
    _print(found, args.json)
    return 0


def _verify(args: argparse.Namespace) -> int:
    found = _examine_all(args.models_dir, verify_pack)
    if not found and not args.names:
        raise ModelError(_none_in(args.models_dir))
    for name in set(args.names) - {condition.name for condition in found}:
        load(name, args.models_dir)  # raises: says where it looked
    if args.names:
        found = [condition for condition in found if condition.name in args.names]
    _print(found, args.json)
    return 0 if all(condition.usable for condition in found) else 1


def _import(args: argparse.Namespace) -> int:
    acquire = _acquire()
    place = write_dir(args.models_dir)
    for pack in acquire.from_folder(args.place, place, args.regressor, allow_unverified=args.allow_unverified):
        _tell(pack)
    return 0


def _fetch(args: argparse.Namespace) -> int:
    if args.base_url is not None and not args.base_url.startswith(("http://", "https://")):
        raise UsageError(f"--base-url {args.base_url!r} is not an http:// or https:// address")
    place = write_dir(args.models_dir)
    _tell(_acquire().from_network(args.name, place, args.regressor, base_url=args.base_url, timeout=args.timeout))
    return 0


def _acquire() -> ModuleType:
    # Importing and downloading are rare and bring many modules: every other command starts without them.
    return importlib.import_module("visaged.models.acquire")


def _examine_all(models_dir: Path | None, read: Callable[[Path], Pack]) -> list[Condition]:
    return [examine(folder, read) for folder in pack_folders(models_dir)]


def _none_in(models_dir: Path | None) -> str:
    places = ", ".join(str(place) for place in search_path(models_dir))
    return f"no model packs in {places}; get one with 'visaged models fetch' or 'visaged models import'"


def _print(conditions: list[Condition], as_json: bool) -> None:
    if as_json:
        print(msgspec.json.encode(conditions).decode())
        return
    for condition in conditions:
        print(_paragraph(condition))


def _paragraph(condition: Condition) -> str:
    size = f"{condition.size / 1e6:.1f} MB" if condition.size is not None else None
    facts = [condition.name, condition.version, size, condition.state]
    lines = ["  ".join(fact for fact in facts if fact)]
    for label in ("licence", "permitted_use", "folder", "problem"):
        if value := getattr(condition, label):
            lines.append(f"    {label.replace('_', ' ')}: {value}")
    return "\n".join(lines)


def _tell(pack: Pack) -> None:
    note = "" if pack.verified else " (unverified: made from files that are not upstream's)"
    print(f"{pack.name} {pack.version} is in {pack.folder}{note}\n    permitted use: {pack.permitted_use}")
