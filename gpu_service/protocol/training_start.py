"""What the start of a run settles: shapes of the networks that it goes on with. No torch."""

from collections.abc import Mapping
from typing import Any

SAME = ("z_dim", "w_dim", "mapping_layers", "channel_base", "channel_max")


def settings_of_start(
    kind: str, config: Mapping[str, Any], discriminator: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Settings that a run must have to go on from a snapshot, by the names of TrainingConfig. Raises ValueError."""
    if kind not in ("stylegan2", "stylegan3"):
        raise ValueError("A run starts from a StyleGAN2 or StyleGAN3. This snapshot is of another kind.")
    family = kind if kind == "stylegan2" else "stylegan3-r" if config.get("conv_kernel") == 1 else "stylegan3-t"
    found = {"family": family, "size": config["resolution"], **{name: config[name] for name in SAME}}
    if discriminator is not None:
        found |= {f"d_{name}": discriminator[name] for name in ("channel_base", "channel_max")}
    return found
