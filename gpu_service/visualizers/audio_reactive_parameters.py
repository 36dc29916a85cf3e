"""The parameters of audio-reactive that say how it draws; what the music decides is in `audio_reactive_signals`."""

from typing import Literal

from pydantic import ValidationInfo, field_validator

from gpu_service.protocol.bends import MOST_BENDS, ROUTE, BendSpec
from gpu_service.visualizers.audio_reactive_signals import ReactiveParameters
from gpu_service.visualizers.parameters import parameter

LAYERS, NOISE, BENDS, PICTURE = "Layers", "Turning noise", "Bends", "Picture"
MOST_LAYER_ROWS = 4


class AudioReactiveParameters(ReactiveParameters):
    """Music to rows of w, to noise and to bends."""

    music: bool = parameter(
        True,
        title="Music's influence",
        help="Off: the film goes on evenly and hears nothing. For comparing.",
        group=LAYERS,
        control="switch",
    )
    component_rows: int = parameter(
        2,
        title="Blocks of the twelve parts",
        help="How many of eight blocks, from the coarsest on, the parts of the music shape; segments shape the rest.",
        group=LAYERS,
        minimum=0,
        maximum=MOST_LAYER_ROWS,
        step=1,
    )
    other_rows: int = parameter(
        2,
        title="Blocks of the second set",
        help="How many the second set of seeds takes over when the mix signal brings it in. 1 in AIART's last version.",
        group=LAYERS,
        minimum=0,
        maximum=MOST_LAYER_ROWS,
        step=1,
    )
    order: Literal["parts-first", "second-first"] = parameter(
        "parts-first",
        title="Order in the mix",
        help="Which of the two is coarser there. The second set first: AIART's last version, where a hit changes most.",
        group=LAYERS,
        control="choice",
    )
    mix: float = parameter(
        1.0,
        title="Mix",
        help="How far the mix signal goes over to the second set.",
        group=LAYERS,
        minimum=0.0,
        maximum=2.0,
        step=0.01,
        routable=True,
    )
    spread: float = parameter(
        0.5,
        title="Spread of the parts",
        help="How far the twelve parts pull the picture away from their mean: 1 is AIART's, less leaves hits clearer.",
        group=LAYERS,
        minimum=0.0,
        maximum=8.0,
        step=0.05,
        routable=True,
    )
    truncation: float = parameter(
        1.0,
        title="Truncation ψ",
        help="0 is the network's average picture; above 1 it exaggerates.",
        group=PICTURE,
        minimum=0.0,
        maximum=2.0,
        step=0.01,
        routable=True,
    )
    noise: Literal["turning", "const", "none"] = parameter(
        "turning",
        title="Fine grain",
        help="StyleGAN2's noise inputs: turning with the music, the network's own and still, or none.",
        group=NOISE,
        control="choice",
    )
    noise_strength: float = parameter(
        1.0,
        title="Strength of the grain",
        help="Against what the network learnt.",
        group=NOISE,
        minimum=0.0,
        maximum=4.0,
        step=0.01,
        routable=True,
    )
    noise_low: float = parameter(
        0.4,
        title="Grain in quiet passages",
        help="σ of the noise from 64 px up, where the swell is lowest.",
        group=NOISE,
        minimum=0.0,
        maximum=4.0,
        step=0.01,
        routable=True,
    )
    noise_high: float = parameter(
        1.2,
        title="Grain in loud passages",
        help="The same where the swell is highest.",
        group=NOISE,
        minimum=0.0,
        maximum=4.0,
        step=0.01,
        routable=True,
    )
    noise_spread: Literal["even", "shipped"] = parameter(
        "even",
        title="Spread of the grain",
        help="Even: σ as it says. Shipped: √2 times that, as AIART's two fields add up.",
        group=NOISE,
        control="choice",
    )
    displacement: float = parameter(
        1.0,
        title="Displacement of the grain",
        help="How far the drums push the grain about, from 64 px up.",
        group=NOISE,
        minimum=0.0,
        maximum=4.0,
        step=0.01,
        routable=True,
    )
    displacement_least: Literal["none", "pixel"] = parameter(
        "none",
        title="Displacement in silence",
        help="None, or one pixel at least, as in the original.",
        group=NOISE,
        control="choice",
    )
    fineness: float = parameter(
        0.75,
        title="Fineness of the displacement",
        help="How fine its pattern is; the next fifth counts.",
        group=NOISE,
        minimum=0.05,
        maximum=1.0,
        step=0.05,
    )
    bends: list[BendSpec] = parameter(
        [],
        title="Bends",
        help="What is done to the maps inside the network, where, and which signal drives it.",
        group=BENDS,
        control="json",
        form="bends",
        most=MOST_BENDS,
    )
    bending: float = parameter(
        1.0,
        title="Strength of all bends",
        help="Multiplies the amount of every bend; 0 leaves the pictures as they are.",
        group=BENDS,
        minimum=0.0,
        maximum=2.0,
        step=0.01,
        routable=True,
    )
    brightness: Literal["fixed", "stretched"] = parameter(
        "fixed",
        title="Brightness",
        help="Fixed: one range for the whole film. Stretched: every frame from black to white by itself; it pumps.",
        group=PICTURE,
        control="choice",
    )
    enlarging: Literal["lanczos", "bicubic"] = parameter(
        "lanczos",
        title="Enlarging",
        help="How pictures smaller than the film are brought to its size: Lanczos is crisper.",
        group=PICTURE,
        control="choice",
    )

    @field_validator("bends")
    @classmethod
    def _bends_have_names_and_drives(cls, bends: list[BendSpec], others: ValidationInfo) -> list[BendSpec]:
        names = [bend.id for bend in bends]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"There are two bends named {twice}.")
        if "signals" not in others.data:
            return bends  # they cannot be used themselves, and that is said first
        drives = [ROUTE, *(drive.name for drive in others.data["signals"].drives)]
        for bend in bends:
            if bend.drive not in drives:
                raise ValueError(f"Bend {bend.id} is driven by “{bend.drive}”, and there are only {', '.join(drives)}.")
        return bends
