"""Reads pickles that hold arrays, and runs nothing: a small stack machine in place of Python's unpickler.

Python's own unpickler imports what the file names and allocates what the file declares. This one executes
some forty opcodes on inert values, knows a closed table of names, hashes only strings and integers, never
recurses, and takes every size from bytes that are really there.
"""

from __future__ import annotations

import io
import pickletools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from visaged.errors import ModelError
from visaged.models.pickled_arrays import NUMPY, Constructor, Pickled, PickleRefusedError

MAX_OPERATIONS = 100_000
"""More than ten times what upstream's largest checkpoint needs; bounds memory and time on hostile input."""

MAX_BYTES = 512 << 20

_NUMBERS = frozenset({"BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"})
_TEXTS = frozenset({"BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"})
_BYTES = frozenset({"SHORT_BINBYTES", "BINBYTES", "BINBYTES8", "BYTEARRAY8"})
_LITERALS = _NUMBERS | _TEXTS | _BYTES
_CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_TUPLE": tuple,
    "EMPTY_LIST": list,
    "EMPTY_DICT": dict,
}
_SHORT_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}

Names = Mapping[tuple[str, str], object]
PersistentLoad = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a variable-length group starts on the stack."""


def read_bounded(path: Path) -> bytes:
    """The content of ``path``; ModelError where it cannot be read, is empty or is larger than any model file."""
    try:
        size = path.stat().st_size
        if size == 0:
            raise ModelError(f"{path} is empty; copy or download it again")
        if size > MAX_BYTES:
            raise ModelError(f"{path} is {size} bytes, more than any model file visaged reads ({MAX_BYTES})")
        return path.read_bytes()
    except OSError as exc:
        raise ModelError(f"{path} cannot be read ({exc.strerror})") from exc


def load_arrays(path: Path) -> Any:
    """Read a pickle file of numpy arrays.

    Returns whatever the file holds, built from arrays (read-only views of the file's bytes), numbers, strings,
    tuples, lists and dicts. Raises ModelError where the file is damaged or asks for anything else.
    """
    try:
        return unpickle(io.BytesIO(read_bounded(path)), NUMPY)
    except PickleRefusedError as exc:
        raise ModelError(f"{path} cannot be imported: {exc}") from exc


def unpickle(stream: io.BytesIO, names: Names, persistent_load: PersistentLoad | None = None) -> Any:
    """Read one pickle from ``stream`` and leave it just behind; raises PickleRefusedError."""
    machine = _Machine(names, persistent_load)
    count = 0
    try:
        for opcode, argument, _ in pickletools.genops(stream):
            count += 1
            if count > MAX_OPERATIONS:
                raise PickleRefusedError("the pickle is far longer than one that holds only arrays")
            machine.step(opcode.name, argument)
        return machine.result()
    except ValueError as exc:
        raise PickleRefusedError("the pickle is damaged or cut short") from exc
    except (IndexError, KeyError) as exc:
        raise PickleRefusedError("the pickle is damaged: it uses a value that it never made") from exc


class _Machine:
    """The stack, the memo and one method per kind of opcode."""

    def __init__(self, names: Names, persistent_load: PersistentLoad | None) -> None:
        self._names = names
        self._persistent_load = persistent_load
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def step(self, name: str, argument: Any) -> None:
        if name in _LITERALS:
            self._stack.append(argument)
        elif name in _CONSTANTS:
            self._stack.append(_CONSTANTS[name]())
        elif name in _SHORT_TUPLES:
            self._stack.append(tuple(_finished(value) for value in self._take(_SHORT_TUPLES[name])))
        elif name in _ACTIONS:
            _ACTIONS[name](self, argument)
        else:
            raise PickleRefusedError(f"the pickle uses the operation {name}, which arrays do not need")

    def result(self) -> Any:
        if len(self._stack) != 1:
            raise PickleRefusedError("the pickle is damaged: it does not end in one value")
        return _finished(self._stack[0])

    def ignore(self, _: Any) -> None:
        """PROTO, FRAME and STOP say nothing about the value."""

    def mark(self, _: Any) -> None:
        self._stack.append(_Mark())

    def make_tuple(self, _: Any) -> None:
        self._stack.append(tuple(_finished(value) for value in self._take_to_mark()))

    def append_one(self, _: Any) -> None:
        value = self._stack.pop()
        self._container(list).append(_finished(value))

    def append_many(self, _: Any) -> None:
        values = self._take_to_mark()
        self._container(list).extend(_finished(value) for value in values)

    def set_one(self, _: Any) -> None:
        self._fill(self._take(2))

    def set_many(self, _: Any) -> None:
        self._fill(self._take_to_mark())

    def remember(self, index: Any) -> None:
        self._memo[len(self._memo) if index is None else index] = self._stack[-1]

    def recall(self, index: Any) -> None:
        self._stack.append(self._memo[index])

    def name(self, dotted: Any) -> None:
        module, _, attribute = str(dotted).partition(" ")
        self._admit(module, attribute)

    def name_from_stack(self, _: Any) -> None:
        module, attribute = self._take(2)
        self._admit(module, attribute)

    def call(self, _: Any) -> None:
        function, arguments = self._take(2)
        if not isinstance(function, Constructor) or not isinstance(arguments, tuple):
            raise PickleRefusedError("the pickle calls something that is not the maker of an array")
        self._stack.append(function.make(arguments))

    def build(self, _: Any) -> None:
        state = self._stack.pop()
        target = self._stack[-1]
        if isinstance(target, Pickled):
            target.set_state(state)
        elif not isinstance(target, dict):
            raise PickleRefusedError("the pickle sets the state of something that is not an array")
        # An OrderedDict's state is module metadata (version numbers of layers); nothing here needs it.

    def load_persistent(self, _: Any) -> None:
        if self._persistent_load is None:
            raise PickleRefusedError("the pickle refers to data outside itself")
        self._stack.append(self._persistent_load(self._stack.pop()))

    def _admit(self, module: object, attribute: object) -> None:
        # Only strings are looked up: hashing a nested tuple from the file could take for ever.
        known = isinstance(module, str) and isinstance(attribute, str)
        if not known or (module, attribute) not in self._names:
            shown = f"{module}.{attribute}"[:80] if known else "something without a name"
            raise PickleRefusedError(f"it asks for {shown!r}, and only arrays and tensors are admitted")
        self._stack.append(self._names[(str(module), str(attribute))])

    def _take(self, count: int) -> list[Any]:
        if len(self._stack) < count:
            raise PickleRefusedError("the pickle is damaged: its stack runs empty")
        values = self._stack[-count:]
        del self._stack[-count:]
        return values

    def _take_to_mark(self) -> list[Any]:
        values = []
        while not isinstance(value := self._stack.pop(), _Mark):
            values.append(value)
        values.reverse()
        return values

    def _container(self, kind: type) -> Any:
        if not isinstance(self._stack[-1], kind):
            raise PickleRefusedError(f"the pickle is damaged: it fills a {kind.__name__} that is none")
        return self._stack[-1]

    def _fill(self, pairs: list[Any]) -> None:
        target = self._container(dict)
        if len(pairs) % 2:
            raise PickleRefusedError("the pickle is damaged: a key has no value")
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            if not isinstance(key, str | int):
                raise PickleRefusedError("a dictionary in the pickle has a key that is neither text nor a number")
            target[key] = _finished(value)


def _finished(value: Any) -> Any:
    """The array that a stand-in has become; a dtype stays a stand-in until its array takes it."""
    return value.finished() if isinstance(value, Pickled) else value


_ACTIONS: dict[str, Callable[[_Machine, Any], None]] = {
    "PROTO": _Machine.ignore,
    "FRAME": _Machine.ignore,
    "STOP": _Machine.ignore,
    "MARK": _Machine.mark,
    "TUPLE": _Machine.make_tuple,
    "APPEND": _Machine.append_one,
    "APPENDS": _Machine.append_many,
    "SETITEM": _Machine.set_one,
    "SETITEMS": _Machine.set_many,
    "MEMOIZE": _Machine.remember,
    "BINPUT": _Machine.remember,
    "LONG_BINPUT": _Machine.remember,
    "BINGET": _Machine.recall,
    "LONG_BINGET": _Machine.recall,
    "GLOBAL": _Machine.name,
    "STACK_GLOBAL": _Machine.name_from_stack,
    "REDUCE": _Machine.call,
    "BUILD": _Machine.build,
    "BINPERSID": _Machine.load_persistent,
}
