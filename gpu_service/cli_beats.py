"""The beat grid of a sound, for visualizers that walk by it: what a studio would find, without one."""

from gpu_service.music.analysis import analyse
from gpu_service.music.sound import Sound
from gpu_service.protocol import MarkerSpec, SceneSpec
from gpu_service.visualizers import load
from gpu_service.visualizers.base import Visualizer


def reads_beats(visualizer: type[Visualizer]) -> bool:
    """Whether a stage of it reads the beat grid."""
    return any("markers" in stage.inputs for stage in visualizer.stages)


def scene_reads_beats(scene: SceneSpec) -> bool:
    """The same of a scene, with all that its routes listen to."""
    return any("markers" in stage.inputs for stage in load(scene.visualizer).all_stages(scene))


def find_markers(sound: Sound) -> list[MarkerSpec]:
    """Tempo markers, each moved to its first downbeat. None for a sound without beats."""
    markers: list[MarkerSpec] = []
    for found in analyse(sound).tempo:
        if markers and found.downbeat - markers[-1].seconds < 60.0 / markers[-1].bpm:
            continue  # a stretch without a downbeat of its own belongs to the one before
        markers.append(MarkerSpec(seconds=found.downbeat, bpm=found.bpm, beats_per_bar=found.beats_per_bar))
    return markers
