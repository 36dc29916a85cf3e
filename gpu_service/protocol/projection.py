"""Projection as both sides speak of it: a video, a picture or portraits found again in a snapshot's latent space."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gpu_service.protocol.leases import Artifact

Space = Literal["w", "w+"]
Recipe = Literal["quick", "reference"]
Loss = Literal["pixels", "discriminator", "features"]
# A setting that is not written down, where it did something else before there was such a setting.
BEFORE_IT_WAS: dict[str, Any] = {"pull": 0.0}
Side = Annotated[int, Field(ge=16, le=4096)]
# Said by the plan before and by the search itself, and told once.
NO_DISCRIMINATOR = "The snapshot came without its discriminator, so pictures are compared without it."


class ProjectionConfig(BaseModel):
    """Settings of a projection. "reference" is the published recipe: every frame cold, by itself, 1000 steps.

    "quick" begins each frame at its neighbours, several frames as one batch with a smoothness term, and stops where
    nothing is gained any more; `steps` is then the most that a frame may take.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    recipe: Recipe = "quick"
    space: Space = "w"
    steps: int = Field(default=200, ge=1, le=10_000)
    # None: as many as the target has. The rate must divide the target's.
    frames: int | None = Field(default=None, ge=1, le=1_000_000)
    fps: str | None = None
    first_seconds: float = Field(default=0.0, ge=0, title="Begins at")
    # What the film's own rate is taken to be, whatever it says itself.
    video_fps: str | None = Field(default=None, title="The film's own rate")
    losses: list[Loss] = Field(default=["pixels", "discriminator"], title="Compared by")
    # crop: the middle of the target; pad: all of it, mirrored beyond its edges; stretch: all of it, squashed.
    fit: Literal["crop", "pad", "stretch"] = "crop"
    # Size of the targets in the file; the network's own without it. What is searched for has the network's size.
    width_height: tuple[Side, Side] | None = Field(default=None, title="Size of targets")
    # network: frames are found as scenes draw them. fitted: the noise is searched for too, as "reference" always does.
    noise: Literal["network", "fitted"] = "network"
    batch: int = Field(default=8, ge=1, le=256, title="Frames together")
    smoothness: float = Field(default=1.0, ge=0, le=1000)
    # How strongly w is held to where the network's own samples lie. None: 1 where pixels alone are compared, else 0.
    pull: float | None = Field(default=None, ge=0, le=1000, title="Held to the usual")
    encoder: bool = False
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    precision: Literal["auto", "fp32", "fp16", "bf16"] = "auto"
    latents_histories: bool = False
    noises_histories: bool = False
    images_histories: bool = False


def settings_begun(held: Mapping[str, Any]) -> ProjectionConfig:
    """Settings as they were written down, by an older program too: what it could not name is as it did it."""
    return ProjectionConfig.model_validate({**BEFORE_IT_WAS, **held})


class ProjectOrder(BaseModel):
    """Job project. Inputs by role: "snapshot", "training" (its training file, for the discriminator, where there is
    one), "target" (a video, a picture, or a zip of portraits), "features" (a network, where somebody supplied one),
    "frames" (frames that are done already, one file per batch handed in before, in order).

    `network_md5`, `network_name` are those of the file that the person brought.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    projection_id: str
    name: str = Field(max_length=255)
    network_md5: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    network_name: str = ""
    config: ProjectionConfig


class ProjectionTick(BaseModel):
    """How far it is. `loss` is that of the frames in hand, the mean over them."""

    kind: Literal["tick"] = "tick"
    frame: int = Field(ge=0)
    frames: int = Field(ge=0)
    step: int = Field(ge=0)
    loss: float | None = None
    # Of the whole search, over all its starts, as `evaluations` are.
    seconds: float = Field(ge=0)
    left_seconds: float | None = None
    evaluations: int = Field(default=0, ge=0)


class ProjectionNote(BaseModel):
    kind: Literal["note"] = "note"
    text: str = Field(max_length=2000)


ProjectionSaid = Annotated[ProjectionTick | ProjectionNote, Field(discriminator="kind")]


class ProjectionReport(BaseModel):
    """POST /service/projections/{job_id}/reports: what happened since the last one. The answer is a ProjectionWish."""

    fence: int
    reports: list[ProjectionSaid] = []


class ProjectionWish(BaseModel):
    """What the studio wants: "pause" and "stop" end the job after the frame in hand, with all done frames kept."""

    wanted: Literal["run", "pause", "stop"]


class FramesDone(BaseModel):
    """POST /service/projections/{job_id}/frames: frames `first` … `end` - 1 are found. `latents` names the artifact
    (our own HDF5 of these frames alone), `picture` a JPEG of target beside result of the last of them.
    """

    fence: int
    first: int = Field(ge=0)
    end: int = Field(ge=1)
    loss: list[float]
    steps: list[int]
    artifacts: dict[str, Artifact]


class ProjectionResult(BaseModel):
    """What the job hands in at its end: artifacts "projection" (HDF5, GANce's layout 2) and "review" (mp4)."""

    frames: int = Field(ge=0)
    fps: str
    is_complete: bool
    artifact: str | None = None
    review: str | None = None
    convergence: dict[str, list[float]] = {}
