"""Files that want something done while they are read. Nothing is done (F29)."""

import os
import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gpu_service.snapshots.errors import SnapshotError
from gpu_service.snapshots.isolation import read_in_child
from gpu_service.snapshots.reader import read_network
from tests.gpu_service.snapshots.forge import snapshot_bytes, text


class Calls:
    """Pickles as a call."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


def calling(module: str, name: str, argument: str) -> bytes:
    """A protocol-4 pickle that calls module.name(argument)."""
    return b"\x80\x04" + text(module) + text(name) + b"\x93" + text(argument) + b"\x85R."


COMMAND = "touch {canary}"
PYTHON = "__import__('pathlib').Path({canary!r}).touch()"

# Functions that published attacks on pickle scanners reach for.
KNOWN_ROADS = [
    ("posix", "system", COMMAND),
    ("os", "system", COMMAND),
    ("os", "popen", COMMAND),
    ("nt", "system", COMMAND),
    ("subprocess", "Popen", COMMAND),
    ("subprocess", "getoutput", COMMAND),
    ("builtins", "eval", PYTHON),
    ("builtins", "exec", PYTHON),
    ("__builtin__", "eval", PYTHON),
    ("builtins", "getattr", "os"),
    ("builtins", "__import__", "antigravity"),
    ("builtins", "compile", PYTHON),
    ("builtins", "open", "{canary}"),
    ("importlib", "import_module", "antigravity"),
    ("runpy", "run_path", "{canary}"),
    ("pickle", "loads", "{canary}"),
    ("_pickle", "loads", "{canary}"),
    ("marshal", "loads", "{canary}"),
    ("timeit", "timeit", PYTHON),
    ("pty", "spawn", "{canary}"),
    ("pydoc", "locate", "os.system"),
    ("code", "interact", PYTHON),
    ("operator", "methodcaller", "touch"),
    ("operator", "attrgetter", "system"),
    ("functools", "partial", "os.system"),
    ("copyreg", "_reconstructor", "os"),
    ("types", "CodeType", "x"),
    ("torch", "load", "{canary}"),
    ("torch.serialization", "load", "{canary}"),
    ("torch.hub", "load", "{canary}"),
    ("torch.utils.cpp_extension", "load", "{canary}"),
    ("numpy", "load", "{canary}"),
    ("numpy.testing._private.utils", "runstring", PYTHON),
    ("numpy.f2py.crackfortran", "myeval", PYTHON),
    ("shutil", "rmtree", "{canary}"),
    ("webbrowser", "open", "file:///"),
    ("ctypes", "CDLL", "libc.so.6"),
    ("socket", "create_connection", "localhost"),
]


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that exists only when something of a pickle has run."""
    return tmp_path / "canary"


@pytest.fixture
def refuse(tmp_path: Path, canary: Path) -> Callable[[bytes], str]:
    """Read these bytes as net.pkl, expect a refusal, answer its sentence. The canary must not sing."""

    def refused(data: bytes) -> str:
        path = tmp_path / "net.pkl"
        path.write_bytes(data)
        with pytest.raises(SnapshotError) as caught:
            read_network(path)
        assert not canary.exists()
        return str(caught.value)

    return refused


def test_the_canary_sings_when_python_reads_the_file_itself(canary):
    pickle.loads(pickle.dumps(Calls(os.system, f"touch {canary}")))
    assert canary.exists()


@pytest.mark.parametrize(("module", "name", "argument"), KNOWN_ROADS, ids=lambda part: str(part)[:24])
def test_no_function_outside_the_table_is_called(refuse, canary, module, name, argument):
    sentence = refuse(calling(module, name, argument.format(canary=str(canary))))
    assert sentence == (
        "“net.pkl” asks to run a program while it is read, so it was refused. Nothing was run or kept. "
        f"It asked for {module}.{name}."
    )


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_call_inside_an_otherwise_whole_file_is_refused(refuse, canary, protocol):
    refuse(pickle.dumps({"training_set_kwargs": Calls(os.system, f"touch {canary}")}, protocol=protocol))


@pytest.mark.parametrize("protocol", [0, 1])
def test_old_protocols_are_no_snapshots(refuse, canary, protocol):
    assert "is no network snapshot" in refuse(pickle.dumps(Calls(os.system, f"touch {canary}"), protocol=protocol))


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("collections", "OrderedDict.__init__.__globals__"),
        ("torch_utils.persistence", "_reconstruct_persistent_obj.__globals__"),
        ("collections.OrderedDict", "fromkeys"),
        ("collections ", "OrderedDict"),
        ("collections\n", "OrderedDict"),
        ("", "collections OrderedDict"),
        ("builtins", "set.__subclasses__"),
        ("numpy", "dtype.__class__"),
    ],
)
def test_names_that_only_look_like_allowed_ones_are_refused(refuse, module, name):
    assert "asks to run a program" in refuse(calling(module, name, "x"))


def test_a_name_that_is_no_text_is_refused(refuse):
    assert "asks to run a program" in refuse(b"\x80\x04K\x01K\x02\x93)R.")


def test_a_call_of_a_result_of_a_call_is_refused(refuse):
    assert "asks to run a program" in refuse(b"\x80\x02ccollections\nOrderedDict\n)R)R.")


def test_a_storage_that_hides_a_second_pickle_is_refused(refuse, canary):
    inner = pickle.dumps(Calls(os.system, f"touch {canary}"), protocol=2)
    outer = b"\x80\x04" + text("torch.storage") + text("_load_from_bytes") + b"\x93"
    sentence = refuse(outer + b"B" + struct.pack("<I", len(inner)) + inner + b"\x85R.")
    assert "asks to run a program" in sentence
    assert "system" in sentence


def test_a_class_is_never_given_attributes(refuse):
    # BUILD with a slot state is setattr in the ordinary machine.
    state = b"N}" + text("__reduce__") + text("x") + b"s\x86"
    assert "asks to run a program" in refuse(b"\x80\x02ccollections\nOrderedDict\n" + state + b"b.")
    assert "asks to run a program" in refuse(b"\x80\x02ctorch.storage\n_load_from_bytes\n" + state + b"b.")


def test_a_dictionary_keeps_no_smuggled_set_state(refuse):
    stated = b"\x80\x02ccollections\nOrderedDict\n)R}" + text("__setstate__") + b"cos\nsystem\nsb."
    assert "os.system" in refuse(stated)


@pytest.mark.parametrize(
    ("opcodes", "wish"),
    [
        (b"(" + text("touch x") + b"ios\nsystem\n.", "os.system"),
        (b"(cos\nsystem\n" + text("touch x") + b"o.", "os.system"),
        (b"(ccollections\nOrderedDict\no.", "a class by an old opcode"),
        (b"\x82\x01.", "the opcode EXT1"),
        (b"\x83\x01\x00.", "the opcode EXT2"),
        (b"\x84\x01\x00\x00\x00.", "the opcode EXT4"),
        (b"ccollections\nOrderedDict\n)}\x92.", "the opcode NEWOBJ_EX"),
        (b"Psomething\n.", "the opcode PERSID"),
        (text("key") + b"Q.", "an object kept outside the file"),
        (b"\x97.", "the opcode NEXT_BUFFER"),
    ],
)
def test_opcodes_that_make_objects_in_other_ways_are_refused(refuse, opcodes, wish):
    assert wish in refuse(b"\x80\x05" + opcodes)


def test_program_text_in_a_network_is_never_run(nvidia_modules, tmp_path, canary):
    path = tmp_path / "net.pkl"
    path.write_bytes(snapshot_bytes(canary=str(canary)))
    assert read_network(path).kind == "stylegan2"
    assert not canary.exists()
    pickle.loads(path.read_bytes())
    assert canary.exists(), "the ordinary loader runs it, so this test can fail"


def test_what_follows_the_end_of_a_pickle_is_not_read(refuse, canary):
    refuse(pickle.dumps([1, 2]) + pickle.dumps(Calls(os.system, f"touch {canary}")))


def test_keys_that_take_for_ever_to_hash_are_refused(refuse):
    nest = b")" + b"2\x86" * 200  # (((…),(…)),…): 2^200 visits
    assert "stands as a key" in refuse(b"\x80\x02}" + nest + b"Ns.")


def test_more_steps_than_any_network_needs_are_refused(refuse, monkeypatch):
    monkeypatch.setattr("gpu_service.snapshots.pickle_machine.MOST_STEPS", 1000)
    assert "steps" in refuse(b"\x80\x02" + b"N0" * 1000 + b"N.")


def test_the_child_refuses_with_the_same_sentence(tmp_path, canary):
    path = tmp_path / "net.pkl"
    path.write_bytes(calling("os", "system", f"touch {canary}"))
    with pytest.raises(SnapshotError, match=r"asks to run a program.*os\.system"):
        read_in_child(path, to=tmp_path / "out.safetensors")
    assert not canary.exists()
    assert not (tmp_path / "out.safetensors").exists()
