"""What stands in for the functions and classes that snapshots name: makers of records, and the tables of names."""

from typing import Any

from gpu_service.snapshots.latin_text import LatinText, LongText
from gpu_service.snapshots.numbers import (
    STORAGE_TYPES,
    ArrayRecord,
    NumpyType,
    Storage,
    numpy_scalar,
    rebuild_parameter,
    rebuild_tensor,
)
from gpu_service.snapshots.pickle_parts import Malformed, Record, StandIn
from gpu_service.snapshots.torch_stream import load_storage, no_call


def persistent_object(meta: Any) -> Record:
    """torch_utils.persistence: keep the class's name and state; the source text beside them is never looked at."""
    if type(meta) is not dict or type(meta.get("state")) is not dict or type(meta.get("class_name")) is not str:
        raise Malformed("a module has no name or state")
    return Record(meta["class_name"], meta["state"])


def empty_dict(*pairs: Any) -> dict[Any, Any]:
    """OrderedDict and EasyDict as plain dicts, which keep order too; items follow by opcodes."""
    if pairs:
        raise Malformed("a dictionary is made in an unknown way")
    return {}


def plain_set(*items: Any) -> Record:
    """set([...]): no number of a network is kept in one, so that its name is enough."""
    if len(items) > 1 or any(type(item) is not list for item in items):
        raise Malformed("a set is made in an unknown way")
    return Record("set")


def latin_bytes(text: Any, encoding: Any) -> LatinText:
    """_codecs.encode(text, "latin1"): how protocol 2 writes bytes."""
    if type(text) not in (str, LongText) or encoding not in ("latin1", "latin-1"):
        raise Malformed("bytes are written in an unknown way")
    return LatinText(text)


def tf_network(*_unused: object) -> Record:
    """dnnlib.tflib.network.Network; its own loader would run the source text in its state. This keeps data only."""
    return Record("tf network")


def namespace(*_unused: object) -> Record:
    """argparse.Namespace: the command line of a training run."""
    return Record("namespace")


def size(numbers: Any) -> tuple[Any, ...]:
    """torch.Size."""
    if type(numbers) is not tuple:
        raise Malformed("a size is no row of numbers")
    return numbers


COMMON_TABLE: dict[str, StandIn] = {
    "collections OrderedDict": empty_dict,
    "torch._utils _rebuild_parameter": rebuild_parameter,
    "torch._utils _rebuild_tensor_v2": rebuild_tensor,
    "builtins set": plain_set,
    "__builtin__ set": plain_set,
    "_codecs encode": latin_bytes,
    "numpy dtype": NumpyType,
    "numpy ndarray": no_call,
    **{f"numpy.{core}.multiarray scalar": numpy_scalar for core in ("core", "_core")},
    **{f"numpy.{core}.multiarray _reconstruct": ArrayRecord for core in ("core", "_core")},
}

# Everything a StyleGAN .pkl may name.
NETWORK_TABLE: dict[str, StandIn] = {
    "torch_utils.persistence _reconstruct_persistent_obj": persistent_object,
    "dnnlib.util EasyDict": empty_dict,
    "dnnlib EasyDict": empty_dict,
    "torch.storage _load_from_bytes": load_storage,
    "dnnlib.tflib.network Network": tf_network,
    **COMMON_TABLE,
}

# Everything a torch .pt may name; its storages come by persistent ids.
CHECKPOINT_TABLE: dict[str, StandIn] = {
    "argparse Namespace": namespace,
    "torch Size": size,
    **{f"torch {name}": no_call for name in STORAGE_TYPES},
    **COMMON_TABLE,
}

__all__ = ["CHECKPOINT_TABLE", "NETWORK_TABLE", "Storage"]
