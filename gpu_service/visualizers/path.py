"""path: pins of the explorer, one after the other, on the beats of a track; between two beats the music moves on."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from gpu_service.errors import RenderError
from gpu_service.music.beat_clock import beat_clock, pushed
from gpu_service.protocol import Interpolation, Look, Preset, SceneSpec, SnapshotNeeds, Waypoint
from gpu_service.protocol.vectors import MOST_WAYPOINTS
from gpu_service.visualizers.base import DrawQuality, Plan, Visualizer
from gpu_service.visualizers.leaps import Leap, leap_parameter, music_clock
from gpu_service.visualizers.noise_blend_stages import onsets
from gpu_service.visualizers.parameters import Parameters, knobs_of, parameter
from gpu_service.visualizers.stages import Arrays, Reading, Stage

if TYPE_CHECKING:
    from torch import Tensor

PATH, MOTION, GRAIN, CAMERA = "Path", "Motion", "Grain", "Camera (StyleGAN3)"
# How fast the way goes on between hits, against a hit of strength 1.
STILL = 0.12


class PathParameters(Parameters):
    """Where the way leads, how the music moves along it, and how its pictures look."""

    path: list[Waypoint] = parameter(
        [],
        title="Path",
        help="The pins and how many beats lie between them; the explorer makes it.",
        group=PATH,
        control="path",
        most=MOST_WAYPOINTS,
    )
    interpolation: Interpolation = parameter(
        "smooth",
        title="Between two pins",
        help="Linear is straight, spherical turns at an even strength, smooth rounds every pin.",
        group=PATH,
        control="choice",
    )
    loop: bool = parameter(
        True,
        title="Loop",
        help="The last pin leads back to the first. Off: it stays there.",
        group=PATH,
        control="switch",
    )
    pace: float = parameter(
        1.0,
        title="Pace",
        help="How many beats of the path pass in one beat of the track.",
        group=PATH,
        minimum=0.0625,
        maximum=16.0,
        step=0.01,
        scale="log",
    )
    pulse: float = parameter(
        0.7,
        title="Pulse of the music",
        help="How much of the way is made at hits instead of evenly; 0 is an even clock.",
        group=MOTION,
        minimum=0.0,
        maximum=1.0,
        step=0.01,
    )
    leap: Leap = leap_parameter(MOTION)
    landing: Literal["beat", "bar", "track"] = parameter(
        "beat",
        title="On time at every",
        help="Where the way is as far as an even clock would be: loud passages lead on between two of these.",
        group=MOTION,
        control="choice",
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
    noise: Literal["const", "none", "random"] = parameter(
        "const",
        title="Fine grain",
        help="StyleGAN's noise inputs: the network's own, none, or others by seed. It stands still in all cases.",
        group=GRAIN,
        control="choice",
    )
    noise_seed: int = parameter(
        0,
        title="Seed of the grain",
        help="Another seed is another grain. Acts while the fine grain is random.",
        group=GRAIN,
        minimum=0,
        maximum=2**32 - 1,
        step=1,
        control="number",
    )
    noise_strength: float = parameter(
        1.0,
        title="Strength of the grain",
        help="Against what the network learnt.",
        group=GRAIN,
        minimum=0.0,
        maximum=4.0,
        step=0.01,
        routable=True,
    )
    pan_x: float = parameter(
        0.0,
        title="Pan to the right",
        help="In picture widths.",
        group=CAMERA,
        minimum=-2.0,
        maximum=2.0,
        step=0.01,
        routable=True,
    )
    pan_y: float = parameter(
        0.0,
        title="Pan down",
        help="In picture widths.",
        group=CAMERA,
        minimum=-2.0,
        maximum=2.0,
        step=0.01,
        routable=True,
    )
    turn: float = parameter(
        0.0,
        title="Turn",
        help="Clockwise.",
        group=CAMERA,
        unit="°",
        minimum=-360.0,
        maximum=360.0,
        step=1,
        routable=True,
    )
    zoom: float = parameter(
        1.0,
        title="Zoom",
        help="Above 1 is nearer.",
        group=CAMERA,
        minimum=0.1,
        maximum=10.0,
        step=0.01,
        scale="log",
        routable=True,
    )

    def look(self) -> Look:
        """The last seven as one."""
        return Look.model_validate({name: getattr(self, name) for name in Look.model_fields})


def beats(reading: Reading) -> Arrays:
    """Beats and bars of the grid that have passed at each frame. [frames]"""
    passed, bars = beat_clock(reading.markers, np.arange(reading.frames) / float(reading.fps))
    return {"beats": passed, "bars": bars}


def clock(reading: Reading) -> Arrays:
    """Where on the path each frame is, in its beats. [frames]"""
    grid, music = reading.done["beats"], music_clock(reading, still=STILL, fall_seconds=reading["fall_seconds"])
    landing = {"beat": grid["beats"], "bar": grid["bars"], "track": np.zeros(reading.frames)}[reading["landing"]]
    moved = pushed(grid["beats"], music, share=reading["pulse"], landing=landing)
    return {"place": moved * reading["pace"]}


class Path(Visualizer):
    """A way through one network, from pin to pin, in time with the music."""

    name = "path"
    title = "Path of pins"
    version = "1"
    summary = "Your pins of a network, reached on the beat; hits carry the picture from one to the next."
    parameters = PathParameters
    presets = (
        Preset(name="pulse", title="Pulse", summary="Hits carry the picture on, and every beat is met.", values={}),
        Preset(
            name="bars",
            title="Bars",
            summary="The music runs ahead or lingers, and meets the path at every bar.",
            values={"landing": "bar", "pulse": 0.9, "fall_seconds": 0.2},
        ),
        Preset(name="even", title="Even", summary="A steady glide that only knows the tempo.", values={"pulse": 0.0}),
    )
    stages = (
        Stage("onsets", "Onsets", onsets, inputs=("track", "fps"), seconds_per_frame=1.5e-4),
        Stage("beats", "Beats", beats, inputs=("markers", "fps"), seconds_per_frame=1e-6),
        Stage(
            "clock",
            "Clock",
            clock,
            parameters=("pulse", "leap", "landing", "fall_seconds", "pace"),
            inputs=("track", "fps"),
            after=("onsets", "beats"),
            seconds_per_frame=2e-6,
        ),
    )
    snapshots = SnapshotNeeds(min=1, max=1, kinds=["stylegan2", "stylegan3", "cppn"])
    takes_vectors = True

    @classmethod
    def warm_up(cls) -> None:
        """librosa loads its parts when they are first used."""
        from gpu_service.visualizers.noise_blend import NoiseBlend

        NoiseBlend.warm_up()

    @classmethod
    def check(cls, scene: SceneSpec) -> PathParameters:
        """Also: there is somewhere to go."""
        chosen: PathParameters = super().check(scene)
        if not chosen.path:
            sentence = "This path has no pins yet. Make one in the explorer of the network, and use it here."
            raise RenderError(sentence, kind="bad_input", field="parameters.path")
        return chosen

    def draw_frames(self, plan: Plan, frames: Sequence[int], *, quality: DrawQuality) -> "Tensor":
        """uint8 [N, 3, H, W]"""
        # torch takes seconds to import, and only drawing needs it.
        import torch

        from gpu_service.vectors import pictures
        from gpu_service.vectors.recipes import Recipes
        from gpu_service.vectors.walk import Walk
        from gpu_service.visualizers.vector_cuts import pulled

        chosen: PathParameters = plan.parameters
        network = plan.materials.network(0)

        def begin() -> Walk:
            recipes = Recipes(network, directions=plan.materials.directions)
            return Walk(chosen.path, recipes=recipes, interpolation=chosen.interpolation, is_loop=chosen.loop)

        w = plan.remember("walk", begin).at(plan.stages["clock"]["place"][list(frames)])
        w = pulled(plan, torch.from_numpy(w), frames, network=network).numpy()
        size = (plan.scene.height, plan.scene.width)
        return pictures.draw(network, w, look=looks(plan, frames), size=size, quality=quality)


def looks(plan: Plan, frames: Sequence[int]) -> Look | list[Look]:
    """The look of all pictures, or of each where routes drive it."""
    chosen: PathParameters = plan.parameters
    routable = [name for name in knobs_of(PathParameters) if name in Look.model_fields]
    if not any(plan.score.is_driven(name) for name in routable):
        return chosen.look()
    values = {name: plan.value(name, frames) for name in routable}
    each = [{name: float(column[n]) for name, column in values.items()} for n in range(len(frames))]
    return [chosen.look().model_copy(update=moved) for moved in each]
