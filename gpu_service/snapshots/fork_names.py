"""Tensors of forks: the same networks under other names, brought back to NVIDIA's by pattern."""

import re
from collections.abc import Mapping

from gpu_service.snapshots.numbers import Numbers

ANCHORS = ("synthesis.b4.const", "synthesis.input.freqs")
# What forks and wrappers write, and what it stands for. The first pattern of each line that fits is used, in order.
PATTERNS = (
    (r"^(?:module\.|net\.|generator\.|G\.|G_ema\.|g_ema\.|_orig_mod\.)+(?=\w+\.)", ""),
    (r"^(?:synth|g_synthesis|synthesis_network|G_synthesis|syn)\.", "synthesis."),
    (r"^(?:g_mapping|mapping_network|G_mapping|map|mapper)\.", "mapping."),
    (r"^mapping\.(?:latent_avg|dlatent_avg|w_mean|w_ema|avg)$", "mapping.w_avg"),
    (r"^(?:w_avg|latent_avg|dlatent_avg)$", "mapping.w_avg"),
    (r"^mapping\.(?:layers?|dense|linear|fc|mlp)[._]?(\d+)\.", r"mapping.fc\1."),
    (r"^mapping\.(?:label_embed|embedding|embed_label)\.", "mapping.embed."),
    (r"^synthesis\.(?:blocks?[._]|res_?)(?=\d+\.)", "synthesis.b"),
    (r"^synthesis\.(?:block|b)?(\d+)(?:x\1)?\.", r"synthesis.b\1."),
    (r"^(synthesis\.b\d+)\.(?:constant|input|const_input)$", r"\1.const"),
    (r"^(synthesis\.b\d+)\.(?:conv_0|conv_up|up_conv)\.", r"\1.conv0."),
    (r"^(synthesis\.b\d+)\.(?:conv_1|conv_out)\.", r"\1.conv1."),
    (r"^(synthesis\.b\d+)\.(?:to_rgb|toRGB|ToRGB|trgb|rgb)\.", r"\1.torgb."),
    (r"^(synthesis\..+)\.(?:modulation|style|mod)\.(?=weight$|bias$)", r"\1.affine."),
    (r"^(synthesis\..+)\.(?:noise_weight|noise_scale)$", r"\1.noise_strength"),
    (r"^(synthesis\..+)\.(?:noise_buffer|noise_map|noise)$", r"\1.noise_const"),
)


def nvidia_names(tensors: Mapping[str, Numbers]) -> tuple[dict[str, Numbers], dict[str, str]]:
    """The tensors under NVIDIA's names, and the old name of each with the new one.

    A file that has NVIDIA's names keeps them all; two tensors that would get one name keep their own.
    """
    if any(anchor in tensors for anchor in ANCHORS) and "mapping.fc0.weight" in tensors:
        return dict(tensors), {}
    new = {name: nvidia_name(name) for name in tensors}
    taken: dict[str, int] = {}
    for name in new.values():
        taken[name] = taken.get(name, 0) + 1
    renamed = {old: name if taken[name] == 1 else old for old, name in new.items()}
    return {renamed[name]: tensor for name, tensor in tensors.items()}, renamed


def nvidia_name(name: str) -> str:
    """What NVIDIA would call that tensor, as far as its name tells."""
    for pattern, replacement in PATTERNS:
        name = re.sub(pattern, replacement, name)
    return name
