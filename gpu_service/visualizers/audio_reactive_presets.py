"""Presets of audio-reactive. Defaults are those of “hits”."""

from typing import Any

from gpu_service.protocol import Preset
from gpu_service.protocol.bends import BendSpec
from gpu_service.protocol.signal_sets import JULY, LAST_COMMIT, NEAREST, ON_TIME, README


def _bends(*bends: BendSpec) -> list[dict[str, Any]]:
    return [bend.model_dump(mode="json", exclude_defaults=True) for bend in bends]


# AIART's own: a zoom of the 64 px block by the drums, one of the 256 px block by the bass.
SHIPPED_BENDS = _bends(
    BendSpec(id="drums", operation="zoom", block=4, drive="drums", edges="edge"),
    BendSpec(id="bass", operation="zoom", block=6, drive="bass", edges="edge"),
)
AS_SHIPPED: dict[str, Any] = {
    "spread": 1.0,
    "valleys_from": "one",
    "change": "cut",
    "slerp": "shipped",
    "saw": "shipped",
    "disorder": "shipped",
    "noise_spread": "shipped",
    "displacement_least": "pixel",
    "brightness": "stretched",
    "bends": SHIPPED_BENDS,
}

PRESETS = (
    Preset(
        name="hits",
        title="Hits",
        summary="Whatever begins in the music flashes to another picture and lets go slowly. For every network.",
        values={},
    ),
    Preset(
        name="nearest",
        title="Hits, to the frame",
        summary="As “Hits”, and each flash begins in the frame that is nearest to its hit.",
        values={"signals": NEAREST.model_dump(mode="json")},
    ),
    Preset(
        name="on-time",
        title="On time",
        summary="AIART corrected: the drums' loudness mixes, on time; nothing jumps, brightness is steady.",
        values={"signals": ON_TIME.model_dump(mode="json"), "spread": 1.0},
    ),
    Preset(
        name="bent",
        title="Bent",
        summary="As “Hits”, and drums also bend the inside of the network. For StyleGAN2 and StyleGAN3.",
        values={
            "bends": _bends(
                BendSpec(
                    id="kick", operation="zoom", block=2, last_block=3, branch="features", drive="kick", amount=0.6
                ),
                BendSpec(id="hats", operation="rotate", block=5, branch="features", drive="hats", amount=0.3),
            ),
        },
    ),
    Preset(
        name="faithful",
        title="Faithful",
        summary="AIART as it ran in July 2023, its accidents included: late hits, jumps, brightness that pumps.",
        values={**AS_SHIPPED, "signals": JULY.model_dump(mode="json")},
    ),
    Preset(
        name="readme",
        title="As in its README",
        summary="The same, but the grain turns once in each segment, as AIART's README tells it.",
        values={**AS_SHIPPED, "signals": README.model_dump(mode="json"), "saw": "once"},
    ),
    Preset(
        name="last-commit",
        title="Last version",
        summary="AIART's last code: notes of the melody instead of parts, the second set in the coarsest block.",
        values={
            **AS_SHIPPED,
            "signals": LAST_COMMIT.model_dump(mode="json"),
            "other_rows": 1,
            "order": "second-first",
        },
    ),
)
