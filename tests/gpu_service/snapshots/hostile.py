"""Files that want a program run, all memory taken, or a reader misled. Run as a program, it reads a folder of them.

    python -m tests.gpu_service.snapshots.hostile FOLDER GOOD

reads every file of the folder in one process that may take 1 GiB, GOOD after each, and prints what became of them.
"""

import io
import json
import pickle
import resource
import struct
import sys
import zipfile
from pathlib import Path

import h5py

from gpu_service.snapshots.errors import SnapshotError
from gpu_service.snapshots.reader import read_network
from gpu_service.snapshots.store import is_safetensors, read_facts
from tests.gpu_service.snapshots.opcodes import text
from tests.memory import peak_bytes

GIBIBYTE = 1 << 30


def call(module: str, name: str, *arguments: bytes) -> bytes:
    """Opcodes of module.name(arguments…)."""
    return text(module) + text(name) + b"\x93(" + b"".join(arguments) + b"tR"


def pickled(opcodes: bytes) -> bytes:
    """A whole pickle."""
    return b"\x80\x04" + opcodes + b"."


def blob(data: bytes) -> bytes:
    """The opcode of bytes."""
    return b"B" + struct.pack("<I", len(data)) + data


def number(value: int) -> bytes:
    """The opcode of a whole number."""
    raw = value.to_bytes(max((value.bit_length() + 8) // 8, 1), "little", signed=True)
    return b"\x8a" + bytes([len(raw)]) + raw


def row(*values: int) -> bytes:
    """A tuple of whole numbers."""
    return b"(" + b"".join(map(number, values)) + b"t"


def stream(identity: bytes, *, keys: list[str], count: int, body: bytes, little: bool = True) -> bytes:
    """torch's five pickles around one storage."""
    parts = [0x1950A86A20F9469CFC6C, 1001, {"little_endian": little}]
    head = b"".join(pickle.dumps(part, protocol=2) for part in parts)
    return head + b"\x80\x02" + identity + b"Q." + pickle.dumps(keys, protocol=2) + struct.pack("<q", count) + body


def storage_id(key: bytes = b"", *, count: int = 4, kind: bytes = b"ctorch\nFloatStorage\n") -> bytes:
    """Opcodes of ('storage', FloatStorage, key, 'cpu', count, None)."""
    return b"(" + text("storage") + kind + (key or text("0")) + text("cpu") + number(count) + b"Nt"


def tensor(*, shape: bytes, stride: bytes, offset: int = 0, count: int = 4, body: bytes = b"\0" * 16) -> bytes:
    """A pickle of one tensor."""
    inner = call(
        "torch.storage", "_load_from_bytes", blob(stream(storage_id(count=count), keys=["0"], count=count, body=body))
    )
    return pickled(call("torch._utils", "_rebuild_tensor_v2", inner, number(offset), shape, stride, b"\x89", b"N"))


def zipped(index: bytes, *, members: dict[str, bytes] | None = None, compression: int = zipfile.ZIP_STORED) -> bytes:
    """A torch zip around that pickle."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        archive.writestr("archive/data.pkl", index)
        for name, data in (members or {}).items():
            archive.writestr(f"archive/{name}", data)
    return made.getvalue()


def zip_tensor(key: str, *, count: int = 4) -> bytes:
    """data.pkl of {"g_ema": {"input.input": tensor}} whose storage has that key."""
    whole = text("x") + b"0" + b"}" + text("g_ema") + b"}" + text("input.input")
    rebuilt = b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage_id(text(key), count=count).replace(b"Nt", b"t") + b"Q"
    return b"\x80\x02" + whole + rebuilt + number(0) + row(count) + row(1) + b"\x89NtRss."


def module(name: str, *, modules: bytes = b"}", parameters: bytes = b"}") -> bytes:
    """Opcodes of one of NVIDIA's modules."""
    state = b"}(" + text("_modules") + modules + text("_parameters") + parameters + b"u"
    meta = b"}(" + text("class_name") + text(name) + text("state") + state + b"u"
    return call("torch_utils.persistence", "_reconstruct_persistent_obj", meta)


def hostile_files(canary: str) -> dict[str, bytes]:
    """Name -> bytes. Whoever runs what they ask for leaves `canary` behind."""
    shell, python = text(f"touch {canary}"), text(f"open({canary!r}, 'w')")
    evil = pickled(call("os", "system", shell))
    return {
        **{f"run-{key}": pickled(opcodes) for key, opcodes in _programs(shell, python, canary).items()},
        **{f"bomb-{key}": pickled(opcodes) for key, opcodes in _bombs().items()},
        **_claims(),
        **_tensors(evil),
        **_zips(evil),
        **_networks(evil),
        "hdf5-external-link": _hdf5(),
    }


def _programs(shell: bytes, python: bytes, canary: str) -> dict[str, bytes]:
    attribute = call("builtins", "getattr", call("builtins", "__import__", text("os")), text("system"))
    return {
        "os-system": call("os", "system", shell),
        "posix-system": call("posix", "system", shell),
        "subprocess": call("subprocess", "check_output", b"]" + text("touch") + b"a" + text(canary) + b"a"),
        "builtins-eval": call("builtins", "eval", python),
        "builtins-exec": call("builtins", "exec", python),
        "old-builtin": call("__builtin__", "eval", python),
        "importlib": call("importlib", "import_module", text("antigravity")),
        "import-by-name": call("builtins", "__import__", text("antigravity")),
        "getattr-chain": b"(" + shell + b"t" + attribute + b"R",
        "attrgetter": call("operator", "attrgetter", text("system")),
        "methodcaller": call("operator", "methodcaller", text("system"), shell),
        "partial": call("functools", "partial", b"cos\nsystem\n", shell),
        "dotted-name": text("collections") + text("OrderedDict.fromkeys.__globals__") + b"\x93)R",
        "name-through-memo": text("os") + b"\x940" + text("system") + b"\x940h\x00h\x01\x93" + shell + b"\x85R",
        "inst": b"(" + shell + b"ios\nsystem\n",
        "obj": b"(cos\nsystem\n" + shell + b"o",
        "newobj-ex": b"cos\nsystem\n" + shell + b"\x85}\x92",
        "setstate": b"ccollections\nOrderedDict\n)R}" + text("__setstate__") + b"cos\nsystem\nsb",
        "build-on-class": b"ctorch.storage\n_load_from_bytes\n}" + text("__call__") + b"cos\nsystem\nsb",
        "torch-load": call("torch", "load", text(canary)),
        "torch-serialization": call("torch.serialization", "load", text(canary)),
        "numpy-load": call("numpy", "load", text(canary)),
        "pickle-loads": call("pickle", "loads", blob(pickled(call("os", "system", shell)))),
        "copyreg": call("copyreg", "_reconstructor", b"cbuiltins\nobject\n", b"cbuiltins\nobject\n", b"N"),
        "codecs-decode": call("_codecs", "decode", text("x"), text("rot13")),
        "extension-registry": b"\x82\x01",
        "persistent-id": text("anything") + b"Q",
        "persistent-id-in-text": b"Panything\n",
    }


def _bombs() -> dict[str, bytes]:
    """What grows out of little."""
    laughs = (
        b"]"
        + text("ha")
        + b"a\x940"
        + b"".join(b"](" + (b"j" + struct.pack("<I", level)) * 10 + b"e\x940" for level in range(60))
    )
    long_text = b"X" + struct.pack("<I", 1 << 20) + b"x" * (1 << 20) + b"\x940"
    encoded = long_text + b"](" + (b"c_codecs\nencode\nh\x00" + text("latin1") + b"\x86R") * 4000 + b"e"
    listed = b"](" + b"K\x01" * 4000 + b"e\x940"
    return {
        "laughs": laughs + b"N",
        "nested-key": b"}" + b")" + b"2\x86" * 200 + b"Ns",
        "memo": b"N" + b"\x94" * 300_000,
        "memo-far-away": b"Nr\xff\xff\xff\xff",
        "empty-sets": b"\x8f" * 600_000,
        "text-encoded-often": encoded,
        "sets-of-a-list": listed + b"](" + b"cbuiltins\nset\nh\x00\x85R" * 8_000 + b"e",
        "depth": b"]" * 60_000 + b"a" * 59_999,
        "list-of-itself": b"]\x94" + b"h\x00a" * 1000,
        "number-of-many-digits": b"I" + b"9" * 100_000 + b"\n",
        "line-without-end": b"c" + b"a" * 500_000,
        "large-array": call("numpy.core.multiarray", "_reconstruct", b"cnumpy\nndarray\n", row(10**10), text("b")),
        "array-of-objects": call("numpy", "dtype", text("O8")),
    }


def _claims() -> dict[str, bytes]:
    """A kilobyte that says it is 10 GB."""
    size = struct.pack("<Q", 10 << 30)
    rest, entry = b"\0" * 1000, {"dtype": "F32", "shape": [1 << 31]}
    return {
        "claim-bytes": b"\x80\x04\x8e" + size + rest,
        "claim-text": b"\x80\x04\x8d" + size + rest,
        "claim-bytearray": b"\x80\x05\x96" + size + rest,
        "claim-frame": b"\x80\x04\x95" + size + b"N" * 900,
        "claim-number": b"\x80\x04\x8b" + struct.pack("<i", 0x7FFFFFFF) + rest,
        "claim-header.safetensors": size + b'{"' + rest,
        "claim-tensor.safetensors": _safetensors({"a": {**entry, "data_offsets": [0, 10 << 30]}}),
    }


def _safetensors(header: dict[str, object], body: bytes = b"\0" * 64) -> bytes:
    raw = json.dumps(header).encode()
    return struct.pack("<Q", len(raw)) + raw + body


def _tensors(evil: bytes) -> dict[str, bytes]:
    nested = blob(stream(storage_id(), keys=["0"], count=4, body=b"\0" * 16))
    twice = call("torch.storage", "_load_from_bytes", call("torch.storage", "_load_from_bytes", nested))

    def load(data: bytes) -> bytes:
        return pickled(call("torch.storage", "_load_from_bytes", blob(data)))

    return {
        "tensor-billion": tensor(shape=row(1 << 30, 4), stride=row(0, 1)),
        "tensor-far": tensor(shape=row(2, 2), stride=row(1 << 62, 1)),
        "tensor-backwards": tensor(shape=row(2, 2), stride=row(-2, 1), offset=3),
        "tensor-before": tensor(shape=row(2), stride=row(1), offset=-1),
        "tensor-axes": tensor(shape=row(*[1] * 2000), stride=row(*[1] * 2000)),
        "tensor-shape-of-text": tensor(shape=text("22"), stride=row(1)),
        "storage-evil": load(evil),
        "storage-evil-inside": load(stream(call("os", "system", text("x")), keys=["0"], count=4, body=b"\0" * 16)),
        "storage-in-storage": pickled(twice),
        "storage-claim": load(stream(storage_id(count=10 << 28), keys=["0"], count=10 << 28, body=b"\0" * 16)),
        "storage-negative": load(stream(storage_id(count=-4), keys=["0"], count=-4, body=b"\0" * 16)),
        "storage-short": load(stream(storage_id(), keys=["0"], count=4, body=b"\0" * 15)),
        "storage-keys": load(stream(storage_id(), keys=["0", "1"], count=4, body=b"\0" * 32)),
        "storage-path": load(
            stream(storage_id(text("../../etc/passwd")), keys=["/etc/passwd"], count=4, body=b"\0" * 16)
        ),
        "storage-kind": load(stream(storage_id(kind=b"ctorch\nQInt8Storage\n"), keys=["0"], count=4, body=b"\0" * 16)),
        "storage-big-endian": load(stream(storage_id(), keys=["0"], count=4, body=b"\0" * 16, little=False)),
    }


def _zips(evil: bytes) -> dict[str, bytes]:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("word/document.xml", "<xml/>")
    numbers = {"data/0": b"\0" * 16}
    claimed = bytearray(zipped(zip_tensor("0"), members=numbers))
    claimed[-10:-6] = struct.pack("<I", 0xFFFFFFF0)  # the size of the list of members
    bomb = zipped(b"\x80\x02" + b"N0" * 30_000_000 + b"N.", compression=zipfile.ZIP_DEFLATED)
    return {
        "zip-no-torch": other.getvalue(),
        "zip-evil": zipped(evil),
        "zip-path": zipped(zip_tensor("../../../etc/passwd"), members=numbers),
        "zip-absolute": zipped(zip_tensor("/etc/passwd"), members={"data//etc/passwd": b"\0" * 16}),
        "zip-lost-storage": zipped(zip_tensor("7"), members=numbers),
        "zip-claim": zipped(zip_tensor("0", count=10 << 20), members=numbers),
        "zip-squeezed": bomb,
        "zip-big-endian": zipped(zip_tensor("0"), members={**numbers, "byteorder": b"big"}),
        "zip-directory-claim": bytes(claimed),
        "zip-half-a-network": zipped(zip_tensor("0"), members=numbers),
    }


def _hdf5() -> bytes:
    """Keras-like weights that lie in another file."""
    made = io.BytesIO()
    with h5py.File(made, "w") as file:
        file["model_weights"] = h5py.ExternalLink("/etc/passwd", "/")
    return made.getvalue()


def _networks(evil: bytes) -> dict[str, bytes]:
    shared = module("Leaf")
    for level in range(40):  # each holds the next twice: 2^40 paths
        shared = (
            shared
            + b"\x940"
            + module("Twice", modules=b"}(" + text("a") + _get(level) + text("b") + _get(level) + b"u")
        )
    judge = module("Discriminator", modules=b"}" + text("b4") + module("Epilogue") + b"s")
    return {
        "network-of-two-to-the-40": pickled(b"}" + text("G_ema") + shared + b"s"),
        "network-discriminator": pickled(b"}" + text("D") + judge + b"s"),
        "network-empty": pickled(b"}" + text("G_ema") + module("Generator") + b"s"),
        "network-after-the-end": pickle.dumps([1, 2]) + evil,
    }


def _get(place: int) -> bytes:
    return b"j" + struct.pack("<I", place)


def main(folder: Path, good: Path) -> None:
    """Read them all, and the good one after each."""
    resource.setrlimit(resource.RLIMIT_AS, (GIBIBYTE, GIBIBYTE))
    fates = {}
    for path in sorted(folder.iterdir()):
        try:
            answer = read_facts(path).kind if is_safetensors(path) else read_network(path).kind
        except SnapshotError as error:
            answer = str(error)
        fates[path.name] = [answer, len(read_network(good).tensors)]
    print(json.dumps({"fates": fates, "most_bytes": peak_bytes()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
