"""A pickle machine that builds data and calls nothing.

It walks the opcodes itself; pickletools only reads what stands behind each. A global is looked up in a table of
stand-ins, functions of ours that make records; any other name stops the reading. There is no import, no attribute
access and no method of a read object behind any opcode.
"""

import pickletools
from collections.abc import Callable, Mapping
from typing import Any

from gpu_service.snapshots.latin_text import LongText
from gpu_service.snapshots.pickle_parts import (
    STATEFUL,
    ForbiddenName,
    Global,
    Malformed,
    Source,
    StandIn,
    Truncated,
    hashable,
)

# A StyleGAN3 with discriminator, the longest that is known, takes some 30,000 steps and keeps a third as many objects.
MOST_STEPS = 500_000
MOST_KEPT = 200_000
LONGEST_INTEGER = 256  # bits
LONGEST_NAME = 1 << 16
NEWEST_PROTOCOL = 5

_MARK = object()


class PickleMachine:
    """Reads one pickle. `table` maps "module name" to a stand-in; `persistent` answers for persistent ids."""

    def __init__(self, table: Mapping[str, StandIn], *, persistent: StandIn | None = None) -> None:
        self.table, self.persistent = table, persistent
        self.stack: list[Any] = []
        self.memo: dict[int, object] = {}

    def run(self, source: Source) -> Any:
        """The object that the pickle describes. Raises ForbiddenName, Malformed or Truncated."""
        try:
            for _ in range(MOST_STEPS):
                name, argument = _next(source)
                if name == "STOP":
                    return self._pop()
                self._step(name, argument)
        except (ValueError, UnicodeError, OverflowError) as error:
            if source.starved:
                raise Truncated from error
            raise Malformed("its opcodes make no sense") from error
        except (IndexError, KeyError, TypeError, AttributeError) as error:
            raise Malformed("its opcodes do not fit together") from error
        raise Malformed(f"it takes more than {MOST_STEPS:,} steps to read")

    def _step(self, name: str, argument: Any) -> None:
        if name in _LITERALS:
            self.stack.append(argument)
        elif name in _MAKERS:
            self.stack.append(_MAKERS[name]())
        elif name in _STEPS:
            _STEPS[name](self, argument)

    def _pop(self) -> Any:
        value = self.stack.pop()
        if value is _MARK:
            raise Malformed("it takes from an empty list")
        return value

    def _pop_to_mark(self) -> list[Any]:
        start = len(self.stack) - 1
        while self.stack[start] is not _MARK:
            start -= 1
            if start < 0:
                raise Malformed("a mark is missing")
        items = self.stack[start + 1 :]
        del self.stack[start:]
        return items

    def _find(self, module: object, name: object) -> Global:
        wish = f"{module}.{name}"
        if not isinstance(module, str) or not isinstance(name, str) or f"{module} {name}" not in self.table:
            raise ForbiddenName(wish)
        return Global(wish, self.table[f"{module} {name}"])

    # One method for each group of opcodes; `argument` is what pickletools read with the opcode.

    def mark(self, _argument: Any) -> None:
        self.stack.append(_MARK)

    def pop(self, _argument: Any) -> None:
        self.stack.pop()

    def pop_mark(self, _argument: Any) -> None:
        self._pop_to_mark()

    def duplicate(self, _argument: Any) -> None:
        self.stack.append(self.stack[-1])

    def get(self, key: Any) -> None:
        self.stack.append(self.memo[int(key)])

    def put(self, key: Any) -> None:
        if self.stack[-1] is _MARK:
            raise Malformed("it keeps a mark")
        if len(self.memo) >= MOST_KEPT:
            raise Malformed(f"it keeps more than {MOST_KEPT:,} objects")
        self.memo[int(key)] = self.stack[-1]

    def memoize(self, _argument: Any) -> None:
        self.put(len(self.memo))

    def append(self, _argument: Any) -> None:
        self._extend([self._pop()])

    def appends(self, _argument: Any) -> None:
        self._extend(self._pop_to_mark())

    def _extend(self, items: list[Any]) -> None:
        if type(self.stack[-1]) is not list:
            raise Malformed("it appends to what is no list")
        self.stack[-1].extend(items)

    def add_items(self, _argument: Any) -> None:
        items = self._pop_to_mark()
        if type(self.stack[-1]) is not set:
            raise Malformed("it adds to what is no set")
        self.stack[-1].update(map(hashable, items))

    def make_list(self, _argument: Any) -> None:
        self.stack.append(self._pop_to_mark())

    def make_tuple(self, _argument: Any) -> None:
        self.stack.append(tuple(self._pop_to_mark()))

    def make_short_tuple(self, size: int) -> None:
        items = [self._pop() for _ in range(size)]
        self.stack.append(tuple(reversed(items)))

    def make_dict(self, _argument: Any) -> None:
        items = self._pop_to_mark()
        self.stack.append({})
        self._set(items)

    def make_frozenset(self, _argument: Any) -> None:
        self.stack.append(frozenset(map(hashable, self._pop_to_mark())))

    def set_item(self, _argument: Any) -> None:
        value, key = self._pop(), self._pop()
        self._set([key, value])

    def set_items(self, _argument: Any) -> None:
        self._set(self._pop_to_mark())

    def _set(self, items: list[Any]) -> None:
        if type(self.stack[-1]) is not dict or len(items) % 2:
            raise Malformed("it sets items of what is no dictionary")
        for key, value in zip(items[::2], items[1::2], strict=True):
            self.stack[-1][hashable(key)] = value

    def named_global(self, argument: str) -> None:
        self.stack.append(self._find(*argument.split(" ", 1)))

    def stack_global(self, _argument: Any) -> None:
        name, module = self._pop(), self._pop()
        self.stack.append(self._find(module, name))

    def call(self, _argument: Any) -> None:
        """REDUCE and NEWOBJ alike: our stand-in answers for the function or class."""
        arguments, wanted = self._pop(), self._pop()
        if not isinstance(wanted, Global) or not isinstance(arguments, tuple):
            raise ForbiddenName(f"a call of a {type(wanted).__name__}")
        self.stack.append(wanted.stand_in(*arguments))

    def build(self, _argument: Any) -> None:
        state, target = self._pop(), self.stack[-1]
        if type(target) is dict and type(state) is dict:
            return  # attributes of an OrderedDict: version marks of modules, no numbers
        set_state = STATEFUL.get(type(target))
        if set_state is None:
            raise ForbiddenName(f"the state of a {type(target).__name__}")
        set_state(target, state)

    def persistent_id(self, _argument: Any) -> None:
        if self.persistent is None:
            raise ForbiddenName("an object kept outside the file")
        self.stack.append(self.persistent(self._pop()))

    def forbidden_call(self, argument: Any) -> None:
        """INST carries its name; OBJ takes a class from behind the mark."""
        raise ForbiddenName(argument.replace(" ", ".") if argument else "a class by an old opcode")


_LITERALS = frozenset(
    (
        *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "FLOAT", "BINFLOAT"),
        *("STRING", "BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8"),
        *("UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"),
    )
)
_IGNORED = frozenset(["FRAME", "STOP"])
_MAKERS: dict[str, Callable[[], object]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "EMPTY_DICT": dict,
    "EMPTY_SET": set,
}


def _protocol(_machine: PickleMachine, version: int) -> None:
    if version > NEWEST_PROTOCOL:
        raise Malformed(f"it says pickle protocol {version}")


def _short_tuple(size: int) -> Callable[[PickleMachine, Any], None]:
    return lambda machine, _argument: machine.make_short_tuple(size)


_STEPS: dict[str, Callable[[PickleMachine, Any], None]] = {
    "PROTO": _protocol,
    "MARK": PickleMachine.mark,
    "POP": PickleMachine.pop,
    "POP_MARK": PickleMachine.pop_mark,
    "DUP": PickleMachine.duplicate,
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), PickleMachine.get),
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), PickleMachine.put),
    "MEMOIZE": PickleMachine.memoize,
    "APPEND": PickleMachine.append,
    "APPENDS": PickleMachine.appends,
    "ADDITEMS": PickleMachine.add_items,
    "LIST": PickleMachine.make_list,
    "TUPLE": PickleMachine.make_tuple,
    "TUPLE1": _short_tuple(1),
    "TUPLE2": _short_tuple(2),
    "TUPLE3": _short_tuple(3),
    "DICT": PickleMachine.make_dict,
    "FROZENSET": PickleMachine.make_frozenset,
    "SETITEM": PickleMachine.set_item,
    "SETITEMS": PickleMachine.set_items,
    "GLOBAL": PickleMachine.named_global,
    "STACK_GLOBAL": PickleMachine.stack_global,
    "REDUCE": PickleMachine.call,
    "NEWOBJ": PickleMachine.call,
    "BUILD": PickleMachine.build,
    "BINPERSID": PickleMachine.persistent_id,
    **dict.fromkeys(("INST", "OBJ"), PickleMachine.forbidden_call),
}
_TEXT_LENGTHS = {"SHORT_BINUNICODE": 1, "BINUNICODE": 4, "BINUNICODE8": 8}
_ALL = {opcode.code: opcode for opcode in pickletools.opcodes}
_KNOWN = _LITERALS | _IGNORED | set(_MAKERS) | set(_STEPS)


def _next(source: Source) -> tuple[str, Any]:
    """The next opcode's name, and what stands behind it in the stream. An unknown opcode's argument is not read."""
    code = bytes(source.read(1)).decode("latin-1")
    if not code:
        raise Truncated
    opcode = _ALL.get(code)
    if opcode is None:
        raise Malformed("its opcodes make no sense")
    if opcode.name not in _KNOWN:
        raise ForbiddenName(f"the opcode {opcode.name}")
    if opcode.name in _TEXT_LENGTHS:
        return opcode.name, _text(source, _TEXT_LENGTHS[opcode.name])
    argument = opcode.arg.reader(source) if opcode.arg else None  # type: ignore[arg-type]
    if type(argument) is int and argument.bit_length() > LONGEST_INTEGER:
        raise Malformed("it holds a number of more digits than any network")
    return opcode.name, argument


def _text(source: Source, length_bytes: int) -> str | LongText:
    """A text, undecoded where it is longer than any name."""
    count = int.from_bytes(bytes(source.read(length_bytes)), "little")
    raw = source.read(count)
    if source.starved:
        raise Truncated
    if isinstance(raw, memoryview) and count > LONGEST_NAME:
        return LongText(raw)
    return str(bytes(raw), "utf-8", "surrogatepass")
