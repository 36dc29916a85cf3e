"""Snapshots as NVIDIA's programs write them, made here: small, random, and wrong on demand."""

import pickle
import sys
from collections import OrderedDict
from types import ModuleType
from typing import Any

import pytest
import torch

from gpu_service.networks.stylegan2_layout import StyleGan2Config, tensor_shapes
from tests.gpu_service.snapshots.opcodes import text

__all__ = ["SMALL", "nvidia_modules", "random_tensors", "snapshot_bytes", "text"]

SMALL = StyleGan2Config(
    z_dim=6, w_dim=5, c_dim=0, resolution=16, mapping_layers=2, channel_base=64, channel_max=8, conv_clamp=256
)
# Stands where the program text of a real file stands: whoever runs it leaves the canary's file behind.
SOURCE_TEXT = "import pathlib; pathlib.Path({canary!r}).touch()"


class Persistent:
    """Pickles as torch_utils.persistence objects do."""

    def __init__(self, meta: dict[str, Any]) -> None:
        self.meta = meta

    def __reduce__(self) -> tuple[Any, tuple[Any]]:
        return sys.modules["torch_utils.persistence"]._reconstruct_persistent_obj, (self.meta,)


@pytest.fixture
def nvidia_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names that NVIDIA's pickles refer to, importable while this test writes one."""
    persistence, util, network = (
        ModuleType(name) for name in ("torch_utils.persistence", "dnnlib.util", "dnnlib.tflib.network")
    )

    def _reconstruct_persistent_obj(meta: Any) -> Any:
        exec(meta["module_src"], {})  # what the ordinary loader does
        return meta

    _reconstruct_persistent_obj.__module__ = "torch_utils.persistence"
    _reconstruct_persistent_obj.__qualname__ = "_reconstruct_persistent_obj"
    persistence._reconstruct_persistent_obj = _reconstruct_persistent_obj
    util.EasyDict = type("EasyDict", (dict,), {"__module__": "dnnlib.util"})
    network.Network = type("Network", (), {"__module__": "dnnlib.tflib.network"})
    for module in (persistence, util, network):
        monkeypatch.setitem(sys.modules, module.__name__, module)
        parent = module.__name__
        while "." in parent:
            parent = parent.rpartition(".")[0]
            if parent not in sys.modules:
                monkeypatch.setitem(sys.modules, parent, ModuleType(parent))


def random_tensors(config: StyleGan2Config = SMALL) -> dict[str, torch.Tensor]:
    """Weights of the right names and shapes."""
    chance = torch.Generator().manual_seed(3)
    return {name: torch.randn(shape, generator=chance) for name, shape in tensor_shapes(config).items()}


def generator(
    tensors: dict[str, torch.Tensor], *, settings: dict[str, Any] | None = None, canary: str = "canary", **state: Any
) -> Persistent:
    """A generator's object tree: modules within modules, parameters and buffers apart."""
    if settings is None:
        settings = {"synthesis_kwargs": {"channel_base": 64, "channel_max": 8, "conv_clamp": 256}}
    return _module(tensors, canary, {"_init_kwargs": settings, **state})


def _module(tensors: dict[str, torch.Tensor], canary: str, state: dict[str, Any]) -> Persistent:
    children: dict[str, dict[str, torch.Tensor]] = {}
    own: dict[str, torch.Tensor] = {}
    for name, tensor in tensors.items():
        head, _, rest = name.partition(".")
        if rest:
            children.setdefault(head, {})[rest] = tensor
        else:
            own[head] = tensor
    buffers = ("resample_filter", "noise_const", "w_avg")
    state |= {
        "training": False,
        "_parameters": OrderedDict(
            (name, torch.nn.Parameter(tensor)) for name, tensor in own.items() if name not in buffers
        ),
        "_buffers": OrderedDict((name, tensor) for name, tensor in own.items() if name in buffers),
        "_modules": OrderedDict((name, _module(part, canary, {})) for name, part in children.items()),
    }
    return Persistent(
        {
            "type": "class",
            "version": 6,
            "module_src": SOURCE_TEXT.format(canary=canary),
            "class_name": "Generator",
            "state": state,
        }
    )


def snapshot_bytes(tensors: dict[str, torch.Tensor] | None = None, *, protocol: int = 4, **options: Any) -> bytes:
    """A whole file: settings of the training set, G and G_ema. Needs `nvidia_modules`."""
    whole = generator(random_tensors() if tensors is None else tensors, **options)
    easy = sys.modules["dnnlib.util"].EasyDict(path="faces.zip", use_labels=False)
    return pickle.dumps({"training_set_kwargs": easy, "G": None, "G_ema": whole}, protocol=protocol)
