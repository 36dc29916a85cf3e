"""Presets of training: settings worked out from the size and the number of devices, each open to change.

Figures: the published configurations of StyleGAN2-ADA and StyleGAN3 (specs: table of configurations); `small` is ours.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard, get_args

from gpu_service.protocol.training import PresetName, TrainingConfig

Values = dict[str, Any]
# Size, devices, the batch that was asked for.
Maker = Callable[[int, int, int | None], Values]

TITLES: dict[str, tuple[str, str]] = {
    "auto": ("Auto", "Batch, R1 weight and rates worked out from size and devices. A good first choice on a GPU."),
    "small": (
        "Small",
        "A slim network for CPUs and first tries: about 190,000 pictures of 64 pixels an hour on two cores with bf16.",
    ),
    "stylegan2": ("StyleGAN2", "The configuration of the StyleGAN2 paper: batch 32, R1 weight 10."),
    "paper256": ("Paper, 256", "StyleGAN2-ADA's for 256 pixels: batch 64, half the feature maps."),
    "paper512": ("Paper, 512", "StyleGAN2-ADA's for 512 pixels: batch 64."),
    "paper1024": ("Paper, 1024", "StyleGAN2-ADA's for 1024 pixels: batch 32."),
    "stylegan3-t": ("StyleGAN3-T", "Details move with what they belong to: translation."),
    "stylegan3-r": ("StyleGAN3-R", "And rotation. About as slow as T, needs more memory."),
}


def presets() -> list[str]:
    """Names, in the order in which they are shown."""
    return list(TITLES)


def resolve(preset: PresetName, *, size: int, devices: int = 1, **changes: Any) -> TrainingConfig:
    """A preset at that size with everything worked out; `changes` beat it. Raises ValueError, a pydantic one too.

    Fine-tuning (`fine_tuning`) and labels are changes of the caller's.
    """
    if preset not in get_args(PresetName):
        raise ValueError(f"“{preset}” is no preset. There are {', '.join(presets())}.")
    given = {name: value for name, value in changes.items() if value is not None}
    made = MAKERS[preset](size, max(devices, 1), given.get("batch"))
    values = COMMON | made | {"preset": preset, "size": size}
    for name in ("channel_base", "channel_max"):  # the discriminator follows unless it is told otherwise
        if name in given and f"d_{name}" not in given:
            values[f"d_{name}"] = given[name]
    if _is_batch(given.get("batch")):
        values["mbstd_group"] = _group(given["batch"], values["mbstd_group"])
    return TrainingConfig.model_validate(values | given)


def settled_by(start: Mapping[str, Any], plain: TrainingConfig) -> Values:
    """The changes to `plain`, a preset as it is, that go on from a start (see `settings_of_start`).

    StyleGAN3's discriminator has widths of its own, so it does not follow a start that holds none.
    """
    own = {name: getattr(plain, name) for name in ("d_channel_base", "d_channel_max")}
    values = {name: value for name, value in start.items() if name != "size"}
    return own | values if start and plain.family != "stylegan2" else values


def fine_tuning(config: TrainingConfig, *, changes: Mapping[str, Any] = {}) -> TrainingConfig:
    """The same for a start from a trained network: no ramp of the average, a strength of augmentation found sooner.

    And no blur: the discriminator knows sharp pictures already.
    """
    values: Values = {"ema_ramp": None, "ada_kimg": 100, "blur_sigma": 0} | dict(changes)
    return TrainingConfig.model_validate(config.model_dump() | values)


COMMON: Values = {"kimg": 25_000, "path_weight": 2, "mixing": 0.9, "mapping_layers": 8, "snapshot_kimg": 200}


def _auto(size: int, devices: int, wanted: int | None) -> Values:
    batch = _batch(wanted, max(min(devices * min(4096 // size, 32), 64), devices, 2))
    maps = 32768 if size >= 512 else 16384
    rate = 0.002 if size >= 1024 else 0.0025
    return {
        **_maps(maps, 512),
        "batch": batch,
        "mbstd_group": _group(batch, max(min(batch // devices, 4), 1)),
        "g_rate": rate,
        "d_rate": rate,
        "gamma": round(0.0002 * size**2 / batch, 6),
        "ema_kimg": batch * 10 / 32,
        "ema_ramp": 0.05,
        "mapping_layers": 2,
    }


def _small(size: int, devices: int, wanted: int | None) -> Values:
    """Ours: a generator of .4 million numbers at 64 pixels, so that eight snapshots are a small download.

    R1 weighs twenty times what `auto` gives it: with so few feature maps the discriminator otherwise wins at once
    (sample portraits, 64 pixels, 15 kimg: its signs were ±.93 with 0.05 and grain was drawn; ±.6 and heads with 1).
    """
    batch = _batch(wanted, 16 * devices)
    return {
        **_maps(32 * size, 64),
        "d_channel_base": 32 * size,
        "d_channel_max": 128,
        "z_dim": 128,
        "w_dim": 128,
        "batch": batch,
        "mbstd_group": 4,
        "g_rate": 0.0025,
        "d_rate": 0.0025,
        "gamma": round(min(size**2 / batch / 256, 10), 6),
        "path_every": 8,
        "ada_kimg": 100,
        "ema_kimg": batch * 10 / 32,
        "ema_ramp": 0.05,
        "mapping_layers": 2,
        "kimg": 400,
        "snapshot_kimg": 20,
        "tick_kimg": 0.5,
    }


def _paper(*, maps: int, batch: int, group: int, rate: float, gamma: float, ema: float) -> Maker:
    def values(size: int, devices: int, wanted: int | None) -> Values:
        return {
            **_maps(maps, 512),
            "batch": batch,
            "mbstd_group": group,
            "g_rate": rate,
            "d_rate": rate,
            "gamma": gamma,
            "ema_kimg": ema,
        }

    return values


def _stylegan3(*, is_r: bool) -> Maker:
    def values(size: int, devices: int, wanted: int | None) -> Values:
        batch = _batch(wanted, 32)
        return {
            **(_maps(65536, 1024) if is_r else _maps(32768, 512)),
            "d_channel_base": 32768,
            "d_channel_max": 512,
            "family": "stylegan3-r" if is_r else "stylegan3-t",
            "batch": batch,
            "mbstd_group": 4,
            "g_rate": 0.0025,
            "d_rate": 0.002,
            "gamma": 2.05 * (size / 256) ** 2,
            "ema_kimg": batch * 10 / 32,
            "ema_ramp": 0.05,
            "mapping_layers": 2,
            "path_weight": 0,
            "mixing": 0,
            "blur_sigma": 10 if is_r else 0,
            "blur_kimg": batch * 200 / 32 if is_r else 0,
        }

    return values


def _maps(base: int, most: int) -> Values:
    return {"channel_base": base, "channel_max": most, "d_channel_base": base, "d_channel_max": most}


def _batch(wanted: object, usual: int) -> int:
    """The batch that was asked for, where that is one: what is none is refused later, with its field."""
    return wanted if _is_batch(wanted) else usual


def _is_batch(wanted: object) -> TypeGuard[int]:
    return type(wanted) is int and wanted > 0


def _group(batch: int, wanted: int) -> int:
    """The largest group of at most `wanted` that divides the batch."""
    return next(size for size in range(min(wanted, batch), 0, -1) if batch % size == 0)


MAKERS: dict[str, Maker] = {
    "auto": _auto,
    "small": _small,
    "stylegan2": _paper(maps=32768, batch=32, group=4, rate=0.002, gamma=10, ema=10),
    "paper256": _paper(maps=16384, batch=64, group=8, rate=0.0025, gamma=1, ema=20),
    "paper512": _paper(maps=32768, batch=64, group=8, rate=0.0025, gamma=0.5, ema=20),
    "paper1024": _paper(maps=32768, batch=32, group=4, rate=0.002, gamma=2, ema=10),
    "stylegan3-t": _stylegan3(is_r=False),
    "stylegan3-r": _stylegan3(is_r=True),
}
