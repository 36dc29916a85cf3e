"""Snapshots for other programs: a plain `state_dict` with NVIDIA's names, rosinality's form, or our own safetensors.

Each is read back to equal numbers. No NVIDIA .pkl is written: it would have to carry their source text.
"""

import json
import re
import shutil
import tempfile
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.snapshots.errors import SnapshotError, printable
from gpu_service.snapshots.facts import AVERAGE, SnapshotFacts
from gpu_service.snapshots.rosinality import FILTER_GAIN
from gpu_service.snapshots.store import import_snapshot, is_safetensors, read_facts
from gpu_service.snapshots.torch_zip import NOTE
from gpu_service.whole_files import replacing

if TYPE_CHECKING:
    import torch

FORMS = {"safetensors": ".safetensors", "state_dict": ".pt", "rosinality": ".pt"}
# Tensors of one layer that change their names alone.
KEPT = {
    "bias": "activate.bias",
    "affine.weight": "conv.modulation.weight",
    "affine.bias": "conv.modulation.bias",
}
STYLEGAN_KINDS = ("stylegan2", "stylegan3")


def export(path: Path, form: str, to: Path, *, name: str | None = None) -> None:
    """Write the snapshot `path` (ours, or a foreign file) as `to` in one of FORMS. Raises SnapshotError.

    Beside the tensors a .pt carries our settings as a member that other programs pass over.
    """
    if form not in FORMS:
        raise SnapshotError(f"There is no form named “{printable(form)}”. There are: {', '.join(FORMS)}.")
    with tempfile.TemporaryDirectory() as folder:
        ours = path
        if not is_safetensors(path):
            ours = Path(folder) / "net.safetensors"
            import_snapshot(path, to=ours, name=name)
        facts = read_facts(ours, name=name)
        made = Path(folder) / "made"
        if form == "safetensors":
            shutil.copyfile(ours, made)
        else:
            _write(ours, facts, form, made, shown=printable(name or path.name))
        _move(made, to)


def _write(ours: Path, facts: SnapshotFacts, form: str, made: Path, *, shown: str) -> None:
    import torch
    from safetensors.torch import load_file

    if facts.kind not in STYLEGAN_KINDS:
        raise SnapshotError(f"“{shown}” is a pattern network, which other programs do not know. Download our own form.")
    tensors = OrderedDict(sorted(load_file(ours).items()))
    torch.save(tensors if form == "state_dict" else _rosinality(tensors, facts, shown), made)
    note = json.dumps({"form": 1, "kind": facts.kind, "config": facts.config}, sort_keys=True)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_STORED) as archive:
        root = archive.namelist()[0].partition("/")[0]
        # A fixed time, so that the same weights make the same file.
        archive.writestr(zipfile.ZipInfo(f"{root}/{NOTE}", (1980, 1, 1, 0, 0, 0)), note)


def _rosinality(tensors: "dict[str, torch.Tensor]", facts: SnapshotFacts, shown: str) -> dict[str, object]:
    """{g_ema, latent_avg}: rosinality's converted form."""
    if facts.kind != "stylegan2":
        raise SnapshotError(f"“{shown}” is a StyleGAN3 network. Rosinality's form holds StyleGAN2 alone.")
    if facts.num_classes or facts.z_dim != facts.w_dim:
        what = "classes" if facts.num_classes else "a z of another size than its w"
        raise SnapshotError(f"“{shown}” has {what}, for which rosinality's form has no place.")
    filters = [tensor for name, tensor in tensors.items() if name.endswith(".resample_filter")]
    if not all(filter_.equal(filters[0]) for filter_ in filters):
        raise SnapshotError(f"“{shown}” has different filters in its layers, for which rosinality's form has no place.")
    network: dict[str, torch.Tensor] = OrderedDict()
    for name, tensor in tensors.items():
        if name != AVERAGE and not name.endswith(".resample_filter"):
            network |= _renamed(name, tensor)
    gained = filters[0] * FILTER_GAIN
    for index in range(len(StyleGan2Config.from_json(facts.config).resolutions) - 1):
        network[f"convs.{2 * index}.conv.blur.kernel"] = gained.clone()
        network[f"to_rgbs.{index}.upsample.kernel"] = gained.clone()
    average = {"latent_avg": tensors[AVERAGE]} if AVERAGE in tensors else {}
    return {"g_ema": network, **average}


def _renamed(name: str, tensor: "torch.Tensor") -> "dict[str, torch.Tensor]":
    """One tensor under rosinality's name and in its shape: the reverse of reading."""
    if mapping := re.fullmatch(r"mapping\.fc(\d+)\.(weight|bias)", name):
        return {f"style.{int(mapping[1]) + 1}.{mapping[2]}": tensor}
    if name == "synthesis.b4.const":
        return {"input.input": tensor[None]}
    found = re.fullmatch(r"synthesis\.b(\d+)\.(conv0|conv1|torgb)\.(.+)", name)
    if found is None:
        raise SnapshotError(f"Rosinality's form has no place for the tensor {name}.")
    index, layer, part = int(np.log2(int(found[1]))) - 3, found[2], found[3]
    if layer == "torgb":
        theirs = f"to_rgbs.{index}" if index >= 0 else "to_rgb1"
        number = 0
    else:
        number = 2 * index + int(layer == "conv1")
        theirs = f"convs.{number}" if index >= 0 else "conv1"
    if part == "noise_const":
        return {f"noises.noise_{number + 1}": tensor[None, None]}
    if part == "weight":
        return {f"{theirs}.conv.weight": tensor[None]}
    if part == "noise_strength":
        return {f"{theirs}.noise.weight": tensor[None]}
    if part == "bias" and layer == "torgb":
        return {f"{theirs}.bias": tensor[None, :, None, None]}
    return {f"{theirs}.{KEPT[part]}": tensor}


def _move(made: Path, to: Path) -> None:
    """Put the file in its place at once, from another disk too."""
    with replacing(to) as partial:
        shutil.move(made, partial)
