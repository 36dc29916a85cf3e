"""The parameters and presets of projection-blend. Defaults are those of the preset “in-time”."""

from typing import Literal

from gpu_service.protocol import Preset
from gpu_service.visualizers.leaps import Leap, leap_parameter
from gpu_service.visualizers.parameters import Parameters, parameter

BLEND, TIME, SPECTRUM, NETWORKS = "Blend", "Time", "Spectrum", "Networks"
EYES, PICTURE = "Eyes", "Picture"
Timing = Literal["bounce", "loop", "stretch", "bend", "paced"]
MOST_ROWS = 64


class ProjectionBlendParameters(Parameters):
    """A projected film, and how far the music takes it away from itself."""

    alpha: float = parameter(
        0.25,
        title="Music in the vector",
        help="0 leaves the projection alone, 1 replaces the rows of the blend by the spectrum of the music.",
        group=BLEND,
        minimum=0.0,
        maximum=1000.0,
        slider=(0.0, 2.0),
        step=0.01,
        routable=True,
    )
    depth: int = parameter(
        10,
        title="Depth",
        help="So many rows of w, the coarse ones first, take up music; 0 is the projection alone.",
        group=BLEND,
        unit="rows",
        minimum=0,
        maximum=MOST_ROWS,
        slider=(0, 18),
        step=1,
        routable=True,
    )
    music: bool = parameter(
        True,
        title="Music's influence",
        help="Off: no spectrum and one network, as if the track were silent. For comparing.",
        group=BLEND,
        control="switch",
    )
    timing: Timing = parameter(
        "bounce",
        title="Time of the projection",
        help=(
            "Bounce: forth and back at its own speed. Loop: again from its start. Stretch: once, over the whole track. "
            "Paced: forth and back in even steps, and hits push it on. "
            "Bend: as GANce, the music is bent to the projection's length instead, and both begin again together."
        ),
        group=TIME,
        control="choice",
    )
    leap: Leap = leap_parameter(TIME)
    between: Literal["interpolate", "repeat"] = parameter(
        "interpolate",
        title="Between two projected frames",
        help=(
            "Interpolate: glide from one to the next, at any frame rate. Repeat: as GANce, each stands until the next; "
            "the film's rate is then a whole multiple of the projection's."
        ),
        group=TIME,
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
        help="What the quietest bin of the track becomes. ±5 and ±10 are far outside of what a network knows.",
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
        help="What the loudest bin of the track becomes.",
        group=SPECTRUM,
        minimum=-1000.0,
        maximum=1000.0,
        slider=(-16.0, 16.0),
        step=0.1,
        routable=True,
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
        help="A snapshot draws for so long at least.",
        group=NETWORKS,
        unit="s",
        minimum=0.0,
        maximum=30.0,
        step=0.1,
    )
    crossfade_seconds: float = parameter(
        1.0,
        title="Cross-fade",
        help="How long one snapshot takes to become the next.",
        group=NETWORKS,
        unit="s",
        minimum=0.0,
        maximum=5.0,
        step=0.01,
    )
    overlay: bool = parameter(
        False,
        title="Eyes of the target",
        help="Where the picture still looks like its target, the target's eyes show through. Finding faces takes time.",
        group=EYES,
        control="switch",
    )
    phash_distance: int = parameter(
        25,
        title="Likeness of the eyes",
        help="In so many of 64 bits of their hashes the eyes may differ at most.",
        group=EYES,
        unit="bits",
        minimum=0,
        maximum=64,
        step=1,
    )
    bbox_distance: float = parameter(
        50.0,
        title="Distance of the eyes",
        help="The eyes lie nearer to each other than this.",
        group=EYES,
        unit="px",
        minimum=0.0,
        maximum=4096.0,
        slider=(0.0, 300.0),
        step=1,
    )
    distance_in: Literal["share", "pixels"] = parameter(
        "share",
        title="Distance in",
        help="Share: pixels of a picture 1024 high, so that every size agrees. Pixels: of the film, as in GANce.",
        group=EYES,
        control="choice",
    )
    track_length: int = parameter(
        5,
        title="Shortest run",
        help="Eyes show for so many frames at least, or not at all.",
        group=EYES,
        unit="frames",
        minimum=1,
        maximum=600,
        slider=(1, 60),
        step=1,
    )
    calm_only: bool = parameter(
        False,
        title="Only in plain music",
        help="No eyes while the music's complexity changes much.",
        group=EYES,
        control="switch",
    )
    complexity_window: int = parameter(
        10,
        title="Complexity over",
        help="The changes of so many frames are added up.",
        group=EYES,
        unit="frames",
        minimum=1,
        maximum=600,
        step=1,
    )
    complexity_threshold: float = parameter(
        50.0,
        title="Plain is below",
        help="In bytes by which the packed samples of a frame change.",
        group=EYES,
        unit="bytes",
        minimum=0.0,
        maximum=100_000.0,
        slider=(0.0, 1000.0),
        step=1,
    )
    noise_strength: float = parameter(
        1.0,
        title="Strength of the grain",
        help="Of the network's own noise, which stands still here; against what it learnt.",
        group=PICTURE,
        minimum=0.0,
        maximum=4.0,
        step=0.01,
        routable=True,
    )


PRESETS = (
    Preset(
        name="in-time",
        title="In time",
        summary="The projection plays forth and back at its own speed, and the music colours it as it sounds.",
        values={},
    ),
    Preset(
        name="paced",
        title="Paced",
        summary="The music moves the projection's clock: the face drifts, and a hit makes it leap on and settle.",
        values={"timing": "paced", "alpha": 0.0},
    ),
    Preset(
        name="faithful",
        title="Faithful",
        summary="As GANce: the music bent to the projection's length, frames repeated, hard changes of network.",
        values={
            "timing": "bend",
            "between": "repeat",
            "switching": "hard",
            "loudness_seconds": 0.0,
            "stay_seconds": 0.0,
        },
    ),
    Preset(
        name="nova",
        title="Nova",
        summary="Faithful, with the violent numbers of GANce's best known film: ±5, rolled, 12 rows deep.",
        values={
            "timing": "bend",
            "between": "repeat",
            "switching": "hard",
            "loudness_seconds": 0.0,
            "stay_seconds": 0.0,
            "depth": 12,
            "roll": True,
            "spectrum_low": -5.0,
            "spectrum_high": 5.0,
        },
    ),
)
