"""TensorFlow's StyleGAN2 pickles, made here from their description: a triple of networks with variables by name."""

import pickle
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from gpu_service.networks.discriminator_layout import DiscriminatorConfig
from gpu_service.networks.discriminator_layout import tensor_shapes as discriminator_shapes
from gpu_service.networks.stylegan2_layout import StyleGan2Config, tensor_shapes

LAYERS = {"conv0": "Conv0_up", "conv1": "Conv1", "torgb": "ToRGB"}


def generator_variables(tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """NVIDIA's tensors as TensorFlow would hold them, the rules of reading written backwards."""
    found: dict[str, np.ndarray] = {}
    for name, value in tensors.items():
        parts = name.split(".")
        if parts[-1] == "resample_filter":
            continue
        if name == "mapping.w_avg":
            found["dlatent_avg"] = value
        elif parts[0] == "mapping":
            layer = "LabelEmbed" if parts[1] == "embed" else f"Dense{parts[1][2:]}"
            found[f"mapping/{layer}/{parts[2]}"] = value.T if parts[2] == "weight" else value
        elif parts[2] == "const":
            found["synthesis/4x4/Const/const"] = value[None]
        else:
            found |= _layer_variable(int(parts[1][1:]), parts[2], parts[3:], value)
    return found


def _layer_variable(side: int, layer: str, part: list[str], value: np.ndarray) -> dict[str, np.ndarray]:
    theirs = "Conv" if side == 4 and layer == "conv1" else LAYERS[layer]
    path = f"synthesis/{side}x{side}/{theirs}"
    if part == ["noise_const"]:
        number = 2 * int(np.log2(side)) - (5 if layer == "conv0" else 4)
        return {f"synthesis/noise{number}": value[None, None]}
    if part == ["weight"]:
        kernel = value.transpose(2, 3, 1, 0)
        return {f"{path}/weight": kernel[::-1, ::-1] if layer == "conv0" else kernel}
    if part == ["affine", "weight"]:
        return {f"{path}/mod_weight": value.T}
    if part == ["affine", "bias"]:
        return {f"{path}/mod_bias": value - 1}
    return {f"{path}/{part[0]}": value}


def discriminator_variables(tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same for a discriminator."""
    found: dict[str, np.ndarray] = {}
    for name, value in tensors.items():
        block, layer, part = name.split(".") if name.count(".") == 2 else (*name.split("."), "")
        if "resample_filter" in (layer, part):
            continue
        side = f"{block[1:]}x{block[1:]}"
        if layer in ("fc", "out"):
            path = "4x4/Dense0" if layer == "fc" else "Output"
            found[f"{path}/{part}"] = value.T if part == "weight" else value
            continue
        path = {"fromrgb": "FromRGB", "conv0": "Conv0", "conv1": "Conv1_down", "skip": "Skip", "conv": "Conv"}[layer]
        found[f"{side}/{path}/{part}"] = value.transpose(2, 3, 1, 0) if part == "weight" else value
    return found


def random_arrays(shapes: Mapping[str, tuple[int, ...]], seed: int) -> dict[str, np.ndarray]:
    """Numbers that a float32 holds exactly after 1 was taken away and added again."""
    chance = np.random.default_rng(seed)
    return {name: (chance.integers(-64, 64, shape) / 16).astype(np.float32) for name, shape in shapes.items()}


def network(
    name: str,
    variables: Mapping[str, np.ndarray],
    *,
    canary: str,
    version: int = 4,
    settings: Mapping[str, Any] | None = None,
) -> Any:
    """One network; a generator's variables lie in its components."""
    made = sys.modules["dnnlib.tflib.network"].Network()
    easy = sys.modules["dnnlib.util"].EasyDict
    components = {}
    for part in ("mapping", "synthesis"):
        inside = {key.partition("/")[2]: value for key, value in variables.items() if key.startswith(f"{part}/")}
        if inside:
            components[part] = network(part, inside, canary=canary, version=version)
    own = {key: value for key, value in variables.items() if key.partition("/")[0] not in components}
    made.__dict__ |= {
        "version": version,
        "name": name,
        "static_kwargs": easy(settings or {}),
        "components": easy(components),
        "build_module_src": f"open({canary!r}, 'w')",
        "build_func_name": "G_main",
        "variables": list(own.items()),
    }
    return made


def snapshot_bytes(
    generator: StyleGan2Config, discriminator: DiscriminatorConfig, *, canary: str, protocol: int = 4, **state: Any
) -> tuple[bytes, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """(file, tensors of Gs, tensors of D) in NVIDIA's names. Needs `nvidia_modules`."""
    drawn, judge = random_arrays(tensor_shapes(generator), 1), random_arrays(discriminator_shapes(discriminator), 2)
    plain = np.outer([1, 3, 3, 1], [1, 3, 3, 1]).astype(np.float32) / 64
    for tensors in (drawn, judge):
        tensors |= {name: plain for name in tensors if name.endswith("resample_filter")}
    known = {
        "resolution": generator.resolution,
        "fmap_base": generator.channel_base // 2,
        "fmap_max": generator.channel_max,
    }
    settings = state.pop("settings", known)
    triple = (
        network("G", generator_variables(drawn), canary=canary, settings=settings, **state),
        network("D", discriminator_variables(judge), canary=canary, settings=known, **state),
        network("Gs", generator_variables(drawn), canary=canary, settings=settings, **state),
    )
    return pickle.dumps(triple, protocol=protocol), drawn, judge
