"""Scenes and recipes: all that a film depends on, as JSON.

Times are seconds, frame rates rational text such as "30000/1001".
"""

import hashlib
import json
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

from pydantic import BaseModel, Field, field_validator

from gpu_service.protocol.base import LONGEST_SECONDS, MAX_SIDE, Model, Quality, Sha256
from gpu_service.protocol.routes import MOST_ACTIONS, MOST_ROUTES, CueAction, RouteSpec

SEGMENT_SECONDS = 2
# Segments begin at multiples of this, so that batches of 1, 2, 4, 8 or 16 fall on the same frames in all.
SEGMENT_GRAIN = 16


class TrackRef(Model):
    sha256: Sha256
    name: str
    duration_seconds: float = Field(gt=0, le=LONGEST_SECONDS)


class SnapshotRef(Model):
    sha256: Sha256
    name: str


class StemRef(Model):
    """A stem of the track that was uploaded: drums, bass, vocals, other, or any name."""

    name: str = Field(min_length=1, max_length=40)
    sha256: Sha256


class ProjectionRef(Model):
    """A projection that a scene draws with. `is_forced`: it is known to be of another network, and wanted even so."""

    sha256: Sha256
    name: str
    is_forced: bool = False


class CueSpec(Model):
    seconds: float = Field(ge=0)
    end_seconds: float | None = None
    kind: Literal["moment", "span"] = "moment"
    label: str = ""
    colour: str = "grey"


class MarkerSpec(Model):
    """From `seconds` on the tempo is `bpm`; `downbeat` is the number of the bar that begins there."""

    seconds: float
    bpm: float = Field(gt=0)
    beats_per_bar: int = Field(default=4, ge=1)
    downbeat: int = 1


class SceneSpec(Model):
    """All that a picture depends on. Files are named by hash; parameters are those of the visualizer.

    Only visualizers that are not for scenes do without a track.
    """

    visualizer: str
    parameters: dict[str, Any] = {}
    tracks: list[TrackRef] = []
    snapshots: list[SnapshotRef] = []
    cues: list[CueSpec] = []
    markers: list[MarkerSpec] = []
    stems: list[StemRef] = []
    projections: list[ProjectionRef] = []
    routes: list[RouteSpec] = Field(default=[], max_length=MOST_ROUTES)
    actions: list[CueAction] = Field(default=[], max_length=MOST_ACTIONS)
    width: int = Field(ge=16, le=MAX_SIDE)
    height: int = Field(ge=16, le=MAX_SIDE)
    fps: str = "30"
    duration_seconds: float = Field(gt=0, le=LONGEST_SECONDS)

    @field_validator("fps")
    @classmethod
    def _fps_is_a_rate(cls, text: str) -> str:
        parse_fps(text)
        return text

    @property
    def frame_rate(self) -> Fraction:
        return parse_fps(self.fps)

    @property
    def frames(self) -> int:
        """How many frames the whole track has; the last one may last a little beyond its end."""
        return frames_in(self.duration_seconds, fps=self.frame_rate)


class CodePath(Model):
    """How the pictures are computed. Fixed before frame 0, because another path gives slightly other pixels."""

    precision: Literal["fp32", "fp16", "bf16"] = "fp32"
    compiled: bool = False
    batch: int = Field(default=8, ge=1, le=256)
    threads: int = Field(default=2, ge=1, le=256)
    device_kind: str = "cpu"
    torch: str = ""
    quality: str = "film"


class EncoderSpec(Model):
    """H.264 that depends on nothing to come: a segment cut short equals the beginning of the whole one."""

    codec: Literal["libx264"] = "libx264"
    preset: str = "fast"
    crf: int = Field(default=18, ge=0, le=51)
    pix_fmt: Literal["yuv420p"] = "yuv420p"
    threads: int = Field(default=2, ge=1, le=64)


class AudioSpec(Model):
    codec: Literal["aac"] = "aac"
    bitrate: str = Field(default="256k", pattern=r"^\d{2,3}k$")


class Recipe(Model):
    """A frozen render: whoever follows it gets the same frames."""

    format: Literal[1] = 1
    revision: int = Field(default=1, ge=1)
    scene: SceneSpec
    first_frame: int = Field(ge=0)
    end_frame: int = Field(ge=1)
    segment_frames: int = Field(ge=1)
    code_path: CodePath | None = None
    encoder: EncoderSpec = EncoderSpec()
    audio: AudioSpec = AudioSpec()
    versions: dict[str, str] = {}
    quality: Quality = "final"

    def segments(self) -> list[tuple[int, int]]:
        """(first frame, end frame) of each segment, in order."""
        return plan_segments(self.first_frame, end_frame=self.end_frame, segment_frames=self.segment_frames)


def parse_fps(text: str) -> Fraction:
    """ "30" or "30000/1001" -> an exact rate. ValueError with a sentence for anything else."""
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(f"“{text}” is not a frame rate. Write it as 30 or 30000/1001.") from error
    if not 1 <= rate <= 120:
        raise ValueError(f"{text} frames a second cannot be drawn. Use 1 to 120.")
    return rate


def frames_in(seconds: float, *, fps: Fraction) -> int:
    """How many frames it takes to cover so many seconds; a hair of rounding makes no extra frame."""
    return max(1, -int(-(Fraction(seconds).limit_denominator(1_000_000) * fps) // 1))


def default_segment_frames(fps: Fraction) -> int:
    """About two seconds: what a crash may cost. A multiple of SEGMENT_GRAIN."""
    return max(1, round(float(fps) * SEGMENT_SECONDS / SEGMENT_GRAIN)) * SEGMENT_GRAIN


def plan_segments(first_frame: int, *, end_frame: int, segment_frames: int) -> list[tuple[int, int]]:
    """Cut at multiples of `segment_frames` counted from frame 0 of the track, so that drafts share the film's cuts."""
    cuts = range(first_frame // segment_frames * segment_frames + segment_frames, end_frame, segment_frames)
    edges = [first_frame, *cuts, end_frame]
    return list(pairwise(edges)) if end_frame > first_frame else []


def canonical_json(model: BaseModel) -> str:
    """The same text for the same content, to be hashed and compared."""
    return json.dumps(model.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def recipe_sha256(recipe: Recipe) -> str:
    return hashlib.sha256(canonical_json(recipe).encode()).hexdigest()
