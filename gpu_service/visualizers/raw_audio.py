"""raw-audio: the wave itself goes into the network (`gance.md` §3, G20). A frame's own samples are its vector."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from gpu_service.music.film_frames import as_long, frame_samples
from gpu_service.protocol import Preset, SnapshotNeeds
from gpu_service.visualizers.base import DrawQuality, Plan, Visualizer
from gpu_service.visualizers.noise_blend_stages import onsets
from gpu_service.visualizers.parameters import Parameters, parameter
from gpu_service.visualizers.stages import Arrays, Reading, Space, Stage

if TYPE_CHECKING:
    from torch import Tensor

WAVE, PICTURE = "Wave", "Picture"
# A hit as strong as the strongest twentieth of all frames is heard in full.
USUAL_HIT = 95


class RawAudioParameters(Parameters):
    """Which vectors the samples are, how strong, and how long they stay."""

    space: Space = parameter(
        "z",
        title="Space",
        help="z: the samples are mapped first, which takes only their shape. w: straight, where loud is far away.",
        group=WAVE,
        control="choice",
    )
    gain: float = parameter(
        1.0,
        title="Gain",
        help="Times the samples, which lie within ±1. In z only silence is told from sound; in w it is everything.",
        group=WAVE,
        minimum=0.0,
        maximum=100.0,
        slider=(0.0, 16.0),
        step=0.1,
        routable=True,
    )
    music: bool = parameter(
        True,
        title="Music's influence",
        help="Off: silence is heard, so the picture stands still. For comparing.",
        group=WAVE,
        control="switch",
    )
    accent: float = parameter(
        0.0,
        title="Accent",
        help="How far only what begins is heard: 0 is every sample as it is, 1 the wave at hits alone.",
        group=WAVE,
        minimum=0.0,
        maximum=1.0,
        step=0.01,
    )
    settle_seconds: float = parameter(
        0.0,
        title="Settling",
        help="How long a frame's samples live on in the frames after it; 0 is raw, and flickers.",
        group=WAVE,
        unit="s",
        minimum=0.0,
        maximum=5.0,
        step=0.01,
    )
    around: Literal["average", "zero"] = parameter(
        "average",
        title="Silence is",
        help="In w: the network's average picture, or w of zeros as the original would have it.",
        group=PICTURE,
        control="choice",
    )
    truncation: float = parameter(
        1.0,
        title="Truncation ψ",
        help="In z: 0 is the network's average picture; above 1 it exaggerates.",
        group=PICTURE,
        minimum=0.0,
        maximum=2.0,
        step=0.01,
        routable=True,
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


def wave(reading: Reading) -> Arrays:
    """Each frame's samples, resampled to as many as a vector has, accented and settling. float32 [F, V]"""
    if not reading["music"]:
        return {"samples": np.zeros((reading.frames, reading.vector_length), np.float32)}
    heard = frame_samples(*reading.mono(), fps=reading.fps, vector_length=reading.vector_length)
    samples = as_long(heard, reading.frames)
    if reading["accent"] > 0:
        accent = reading["accent"]
        samples = samples * (1 - accent + accent * hits(reading.done["onsets"]["strength"]))[:, None]
    if reading["settle_seconds"] > 0:
        # scipy loads slowly, and rawness needs none of it.
        from scipy.signal import lfilter

        kept = np.exp(-1 / (float(reading.fps) * reading["settle_seconds"]))
        samples = lfilter([1.0], [1.0, -kept], samples, axis=0)
    return {"samples": samples.astype(np.float32, copy=False)}


def hits(strength: np.ndarray) -> np.ndarray:
    """Onsets as shares of a usual hit, 0…1. [F] -> [F]"""
    usual = float(np.percentile(strength, USUAL_HIT)) if len(strength) else 0.0
    return np.minimum(strength / usual, 1.0) if usual > 0 else np.zeros(len(strength))


class RawAudio(Visualizer):
    """No spectrum, no noise: the sound's own curve, V samples of it in every frame."""

    name = "raw-audio"
    title = "Raw audio"
    version = "2"
    summary = "The sound's own wave as the network's vector: wild, and silence is still."
    parameters = RawAudioParameters
    presets = (
        Preset(name="raw", title="Raw", summary="A frame's samples as z, nothing else, as in GANce's demo.", values={}),
        Preset(
            name="straight",
            title="Straight",
            summary="The samples around the average w: quiet is nearly still, loud is far out.",
            values={"space": "w", "gain": 4.0},
        ),
        Preset(
            name="struck",
            title="Struck",
            summary="Only what begins is heard, and rings: every hit throws the picture somewhere else.",
            values={"space": "w", "gain": 4.0, "accent": 1.0, "settle_seconds": 1.0},
        ),
    )
    stages = (
        Stage("onsets", "Onsets", onsets, inputs=("track", "fps"), seconds_per_frame=1.5e-4),
        Stage(
            "wave",
            "Wave",
            wave,
            parameters=("music", "accent", "settle_seconds"),
            inputs=("track", "fps", "vector_length"),
            after=("onsets",),
            seconds_per_frame=3e-5,
        ),
    )
    snapshots = SnapshotNeeds(min=1, max=64, kinds=["stylegan2", "stylegan3", "cppn"])
    takes_vectors = True

    @classmethod
    def vector_space(cls, parameters: Any) -> Space:
        """The one that was chosen."""
        chosen: Space = parameters.space
        return chosen

    def draw_frames(self, plan: Plan, frames: Sequence[int], *, quality: DrawQuality) -> "Tensor":
        """uint8 [N, 3, H, W]"""
        # torch takes seconds to import, and only drawing needs it.
        from gpu_service.visualizers.raw_audio_drawing import draw_wave

        return draw_wave(plan, frames, quality=quality)
