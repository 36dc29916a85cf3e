"""audio-reactive: AIART's way. Stems and quiet valleys choose what is drawn; drums mix, turn, push and bend it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gpu_service.protocol import SnapshotNeeds
from gpu_service.protocol.bends import STRONGEST
from gpu_service.visualizers.audio_reactive_parameters import AudioReactiveParameters
from gpu_service.visualizers.audio_reactive_plots import reactive_signals
from gpu_service.visualizers.audio_reactive_presets import PRESETS
from gpu_service.visualizers.audio_reactive_stages import STAGES
from gpu_service.visualizers.base import DrawQuality, Plan, Visualizer
from gpu_service.visualizers.signals import Signal
from gpu_service.visualizers.stages import Arrays, SceneFacts, SoundSource

if TYPE_CHECKING:
    from torch import Tensor


class AudioReactive(Visualizer):
    """Two stacks of w rows mixed by the drums, noise that turns, and bends inside the network."""

    name = "audio-reactive"
    title = "Audio-reactive"
    version = "2"
    summary = "Stems move the layers of a network: parts of the music its shapes, drums its grain, hits bend it."
    parameters = AudioReactiveParameters
    presets = PRESETS
    stages = STAGES
    snapshots = SnapshotNeeds(min=1, max=64, kinds=["stylegan2", "stylegan3", "cppn"])
    takes_vectors = True

    @classmethod
    def extra_routables(cls, parameters: Any) -> dict[str, tuple[str, float, float, float]]:
        """The amount of each bend, as “bend:ID”: title, lowest, highest, where it stands."""
        bends = parameters.bends
        return {f"bend:{each.id}": (f"Bend {each.id}", -STRONGEST, STRONGEST, each.amount) for each in bends}

    @classmethod
    def signals(cls, facts: SceneFacts, stages: Mapping[str, Arrays], sound: SoundSource) -> list[Signal]:
        """Energy, segments, weights, mix, swell, turns, displacement, and each drive."""
        return reactive_signals(stages)

    def draw_frames(self, plan: Plan, frames: Sequence[int], *, quality: DrawQuality) -> "Tensor":
        """uint8 [N, 3, H, W]"""
        # torch takes seconds to import, and only drawing needs it.
        from gpu_service.visualizers.audio_reactive_drawing import draw_reactive

        return draw_reactive(plan, frames, quality=quality)
