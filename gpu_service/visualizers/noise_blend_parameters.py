"""The parameters and presets of noise-blend. Defaults are those of the preset “paced”."""

from typing import Literal

from gpu_service.protocol import Preset
from gpu_service.visualizers.leaps import Leap, leap_parameter
from gpu_service.visualizers.parameters import Parameters, parameter

BLEND, MOTION, NOISE, SPECTRUM, NETWORKS, PICTURE = "Blend", "Motion", "Noise", "Spectrum", "Networks", "Picture"


class NoiseBlendParameters(Parameters):
    """Music and noise, blended into one vector per frame."""

    alpha: float = parameter(
        0.0,
        title="Music in the vector",
        help="0 leaves the noise alone, 1 replaces it by the spectrum of the music.",
        group=BLEND,
        minimum=0.0,
        maximum=1000.0,
        slider=(0.0, 2.0),
        step=0.01,
        routable=True,
    )
    music: bool = parameter(
        True,
        title="Music's influence",
        help="Off: no spectrum, an even clock and one network, as if the track were silent. For comparing.",
        group=BLEND,
        control="switch",
    )
    motion: Literal["paced", "steady"] = parameter(
        "paced",
        title="Clock",
        help="Paced: hits push the picture on along its path. Steady: it moves evenly, as in GANce.",
        group=MOTION,
        control="choice",
    )
    leap: Leap = leap_parameter(MOTION)
    still: float = parameter(
        0.12,
        title="Drift between hits",
        help="How fast the picture moves while nothing happens, against a hit of strength 1.",
        group=MOTION,
        minimum=0.0,
        maximum=2.0,
        step=0.01,
    )
    push: float = parameter(
        1.0,
        title="Push of a hit",
        help="How far a hit moves the picture.",
        group=MOTION,
        minimum=0.0,
        maximum=4.0,
        step=0.01,
    )
    fall_seconds: float = parameter(
        0.1,
        title="Settling",
        help="How long a push lasts.",
        group=MOTION,
        unit="s",
        minimum=0.0,
        maximum=2.0,
        step=0.01,
    )
    flicker_limit: float = parameter(
        3.0,
        title="Flicker limit",
        help="The fastest that the picture may change, in style units a second; 3 is calm, 0 sets no limit.",
        group=MOTION,
        unit="/s",
        minimum=0.0,
        maximum=60.0,
        step=0.1,
    )
    seed: int = parameter(
        1234,
        title="Seed",
        help="Another seed is another path through the network.",
        group=NOISE,
        minimum=0,
        maximum=2**31 - 1,
        step=1,
        control="number",
    )
    noise_seconds: float = parameter(
        4 / 3,
        title="Calm of the path",
        help="The width σ of the filter along time. Longer is slower.",
        group=NOISE,
        unit="s",
        minimum=0.02,
        maximum=20.0,
        step=0.01,
        scale="log",
    )
    noise_range: float = parameter(
        4.0,
        title="Range of the noise",
        help="The lowest and the highest number of the noise, minus and plus.",
        group=NOISE,
        minimum=0.1,
        maximum=16.0,
        step=0.1,
        routable=True,
    )
    loop_noise: bool = parameter(
        False, title="Loop", help="The path ends where it began.", group=NOISE, control="switch"
    )
    heard_as: Literal["spectrum", "samples"] = parameter(
        "spectrum",
        title="Heard as",
        help="What of the music becomes a vector: its spectrum, or the bare samples of each frame, the wave itself.",
        group=SPECTRUM,
        control="choice",
    )
    roll: bool = parameter(
        False,
        title="Roll with loudness",
        help="The spectrum slides around the vector, faster where the music is loud.",
        group=SPECTRUM,
        control="switch",
    )
    spectrum_low: float = parameter(
        -1.0,
        title="Lowest of the spectrum",
        help="What the quietest bin of the track becomes. Acts while the follower is off.",
        group=SPECTRUM,
        minimum=-1000.0,
        maximum=1000.0,
        slider=(-16.0, 16.0),
        step=0.1,
        routable=True,
    )
    spectrum_high: float = parameter(
        1.0,
        title="Highest of the spectrum",
        help="What the loudest bin of the track becomes. Acts while the follower is off.",
        group=SPECTRUM,
        minimum=-1000.0,
        maximum=1000.0,
        slider=(-16.0, 16.0),
        step=0.1,
        routable=True,
    )
    follow: bool = parameter(
        True,
        title="Follower",
        help="The spectrum is blurred, rises fast, falls slowly and is centred: timbre without shimmer.",
        group=SPECTRUM,
        control="switch",
    )
    rise_seconds: float = parameter(
        0.03,
        title="Rise",
        help="How fast the follower goes up.",
        group=SPECTRUM,
        unit="s",
        minimum=0.001,
        maximum=2.0,
        step=0.001,
        scale="log",
    )
    release_seconds: float = parameter(
        0.3,
        title="Release",
        help="How slowly the follower comes down.",
        group=SPECTRUM,
        unit="s",
        minimum=0.001,
        maximum=5.0,
        step=0.001,
        scale="log",
    )
    blur_bins: float = parameter(
        8.0,
        title="Blur over bins",
        help="How many neighbouring bins the follower melts together.",
        group=SPECTRUM,
        unit="bins",
        minimum=0.0,
        maximum=64.0,
        step=0.5,
    )
    switching: Literal["crossfade", "hard", "off"] = parameter(
        "crossfade",
        title="Change with loudness",
        help="Quiet passages draw with the first snapshot of the list, loud ones with the last. Off: always the last.",
        group=NETWORKS,
        control="choice",
    )
    loudness_seconds: float = parameter(
        4.0,
        title="Sections",
        help="Loudness is averaged over so long before it chooses: 0 follows every frame, as GANce does.",
        group=NETWORKS,
        unit="s",
        minimum=0.0,
        maximum=30.0,
        step=0.1,
    )
    stay_seconds: float = parameter(
        4.0,
        title="Shortest stay",
        help="A snapshot draws for so long at least; 2 s are one bar of four beats at 120 bpm.",
        group=NETWORKS,
        unit="s",
        minimum=0.0,
        maximum=30.0,
        step=0.1,
    )
    crossfade_seconds: float = parameter(
        1.0,
        title="Cross-fade",
        help="How long one snapshot takes to become the next, by the clock of the motion: hits carry it on.",
        group=NETWORKS,
        unit="s",
        minimum=0.0,
        maximum=5.0,
        step=0.01,
    )
    loudness_frames: int = parameter(
        7,
        title="Smoothing of loudness",
        help="Length of the Savitzky–Golay filter; an even length counts as the next odd one.",
        group=NETWORKS,
        unit="frames",
        minimum=3,
        maximum=301,
        step=2,
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
    noise_inputs: Literal["const", "random", "none"] = parameter(
        "const",
        title="Fine grain",
        help="StyleGAN's noise inputs: the same in every frame, new in every frame (it flickers), or none.",
        group=PICTURE,
        control="choice",
    )
    noise_strength: float = parameter(
        1.0,
        title="Strength of the grain",
        help="Against what the network learnt.",
        group=PICTURE,
        minimum=0.0,
        maximum=4.0,
        step=0.01,
        routable=True,
    )


PRESETS = (
    Preset(
        name="paced",
        title="Paced",
        summary="The music moves the clock: the picture drifts, and a hit makes it leap on and settle.",
        values={},
    ),
    Preset(
        name="faithful",
        title="Faithful",
        summary="As GANce drew it: a quarter spectrum, an even clock, hard changes of network, grain that flickers.",
        values={
            "alpha": 0.25,
            "motion": "steady",
            "flicker_limit": 0.0,
            "noise_seconds": 50 / 60,
            "loop_noise": True,
            "follow": False,
            "switching": "hard",
            "loudness_seconds": 0.0,
            "stay_seconds": 0.0,
            "truncation": 1.2,
            "noise_inputs": "random",
        },
    ),
    Preset(
        name="raw",
        title="Raw sound",
        summary="The wave itself goes into the network, a frame's samples as its vector: wild, and silence is still.",
        values={
            "alpha": 1.0,
            "motion": "steady",
            "flicker_limit": 0.0,
            "heard_as": "samples",
            "follow": False,
        },
    ),
)
