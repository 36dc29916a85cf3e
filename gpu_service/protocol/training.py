"""Training as both sides speak of it: the settings of a run, what it says while it goes on, what it hands in. No torch.

A run is one clock, however many jobs it takes: whoever claims the job goes on from the newest checkpoint.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gpu_service.protocol.base import FailureKind, Sha256
from gpu_service.protocol.changes import Changes, changes_between
from gpu_service.protocol.leases import Artifact, SnapshotResult

Family = Literal["stylegan2", "stylegan3-t", "stylegan3-r"]
PresetName = Literal["auto", "stylegan2", "paper256", "paper512", "paper1024", "small", "stylegan3-t", "stylegan3-r"]
Pipe = Literal["blit", "geom", "color", "filter", "noise", "cutout", "bg", "bgc", "bgcf", "bgcfn", "bgcfnc"]
Metric = Literal["sharpness", "diversity", "patch_distance", "fid", "kid", "precision_recall", "path_length"]
SMALLEST_SIDE, LARGEST_SIDE = 16, 1024
LEAST_PICTURES = 8
# What may be set anew while a run goes on; with other values of the rest it would be another run.
MAY_CHANGE = (
    "kimg",
    "snapshot_kimg",
    "tick_kimg",
    "metrics",
    "micro_batch",
    "precision",
    "gamma",
    "g_rate",
    "d_rate",
)

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class TrainingConfig(BaseModel):
    """Every setting of a run, each with its value: what a preset leaves open is worked out before (see `presets`).

    kimg = thousands of real pictures shown to the discriminator. Titles, descriptions and units make form and docs.
    """

    # Defaults too become what JSON makes of them (256 is 256.0), so that a run gone on with writes the same bytes.
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    preset: PresetName = Field(title="Preset")
    family: Family = Field(default="stylegan2", title="Architecture")
    size: int = Field(ge=SMALLEST_SIDE, le=LARGEST_SIDE, title="Size", description="Pixels a side, a power of two.")
    kimg: Positive = Field(title="Length", description="Thousands of pictures shown to the discriminator.")
    batch: int = Field(ge=2, le=512, title="Batch", description="Pictures for each step, over all devices.")
    micro_batch: int | None = Field(
        default=None,
        ge=1,
        title="Batch at once",
        description="Pictures that one device holds at a time; gradients are summed. Empty: as many as fit.",
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, title="Seed")

    z_dim: int = Field(default=512, ge=4, le=2048, title="Length of z")
    w_dim: int = Field(default=512, ge=4, le=2048, title="Length of w")
    mapping_layers: int = Field(ge=1, le=16, title="Mapping layers")
    channel_base: int = Field(ge=128, le=131072, title="Feature maps × pixels a side (generator)")
    channel_max: int = Field(ge=8, le=2048, title="Most feature maps (generator)")
    d_channel_base: int = Field(ge=128, le=131072, title="Feature maps × pixels a side (discriminator)")
    d_channel_max: int = Field(ge=8, le=2048, title="Most feature maps (discriminator)")
    conv_clamp: float | None = Field(default=256, gt=0, title="Clamp")

    g_rate: Positive = Field(title="Learning rate, generator")
    d_rate: Positive = Field(title="Learning rate, discriminator")
    gamma: float = Field(ge=0, le=10_000, title="R1 weight")
    r1_every: int = Field(default=16, ge=1, le=64, title="R1 every … steps")
    path_weight: float = Field(ge=0, le=100, title="Path length weight", description="0: no path length term.")
    path_every: int = Field(default=4, ge=1, le=64, title="Path length every … steps")
    mixing: float = Field(ge=0, le=1, title="Style mixing", description="Share of pictures made of two vectors.")
    ema_kimg: Positive = Field(title="Half-life of the averaged generator, kimg")
    ema_ramp: float | None = Field(
        default=None, gt=0, le=1, title="Ramp of the average", description="Half-life at most this share of the run."
    )
    mbstd_group: int = Field(ge=1, le=64, title="Group of the minibatch standard deviation")
    blur_sigma: float = Field(default=0, ge=0, le=40, title="First blur", description="StyleGAN3-R's, in pixels.")
    blur_kimg: float = Field(default=0, ge=0, title="Blur fades over, kimg")

    augment: Literal["ada", "fixed", "none"] = Field(default="ada", title="Augmentation")
    pipe: Pipe = Field(default="bgc", title="Kinds of augmentation")
    ada_target: float = Field(default=0.6, ge=0, le=1, title="Aim of the real signs")
    ada_kimg: Positive = Field(default=500, title="Kimg from strength 0 to 1")
    ada_every: int = Field(default=4, ge=1, le=64, title="Strength moves every … steps")
    first_p: float = Field(default=0, ge=0, le=1, title="First strength", description="The strength where it is fixed.")
    mirror: bool = Field(default=False, title="Mirrored too", description="Shows every picture mirrored as well.")
    labels: bool = Field(default=False, title="Use labels")
    freeze_d: int = Field(default=0, ge=0, le=24, title="Frozen layers of the discriminator")

    precision: Literal["auto", "fp32", "fp16", "bf16"] = Field(default="auto", title="Precision")
    tick_kimg: Positive = Field(default=1, title="Report every … kimg")
    snapshot_kimg: Positive = Field(title="Snapshot every … kimg")
    metrics: list[Metric] = Field(
        default=["sharpness", "diversity", "patch_distance"], title="Measured at each snapshot"
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.size & (self.size - 1):
            raise ValueError(f"{self.size} is no power of two. Use 16, 32, 64, 128, 256, 512 or 1024.")
        if self.batch % min(self.mbstd_group, self.batch):
            raise ValueError(f"A batch of {self.batch} does not divide into groups of {self.mbstd_group}.")
        return self

    def changes(self, other: "TrainingConfig") -> Changes:
        """Settings that are not the same: {name: (here, there)}."""
        return changes_between(self, other)


class TrainOrder(BaseModel):
    """Job train. Inputs by role: "pictures" (the version's zip), "start" (a snapshot) with "start_training" beside
    it where there is one, "checkpoint" (the newest that the studio holds), "features" (a network for metrics).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    name: str = Field(max_length=255)
    config: TrainingConfig
    aspect: float | None = Field(default=None, gt=0, description="Width over height that renders give back.")
    fit: Literal["exact", "pad", "crop"] = Field(
        default="exact",
        description="exact: the pictures have the size. pad: scaled to lie within it, crop: to fill it.",
    )


class TryOrder(BaseModel):
    """Job try_training: a few steps on random pictures, to say how long and how large a run would be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    config: TrainingConfig


class Measured(BaseModel):
    """What try_training found, on that device."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    device: str
    precision: str
    seconds_per_kimg: float
    peak_bytes: int
    checkpoint_bytes: int
    snapshot_bytes: int
    micro_batch: int


class Tick(BaseModel):
    """Means since the tick before. `seconds` is the run's own clock: time spent training, over all its starts."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["tick"] = "tick"
    step: int
    kimg: float
    seconds: float
    pictures_per_second: float
    left_seconds: float | None = None
    loss_g: float
    loss_d: float
    r1: float | None = None
    path: float | None = None
    sign_real: float
    sign_fake: float
    score_real: float
    score_fake: float
    p: float
    ema_beta: float | None = None
    data_wait_share: float = 0.0
    memory_bytes: int = 0
    device_bytes: int = 0


class Made(BaseModel):
    """A snapshot lies in the run's folder: paths relative to it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["snapshot"] = "snapshot"
    kimg: float
    file: str
    training: str
    sheet: str  # the same 8 vectors for every snapshot of every network, 8 × 1 of 160 pixels
    grid: str  # fixed vectors of this run, PNG at native size
    thumbnail: str
    checkpoint: str
    metrics: dict[str, float] = {}
    notes: list[str] = []


class Said(BaseModel):
    """A sentence for people; `warning` where something needs a look, `failed` where the run stopped by itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["said"] = "said"
    level: Literal["info", "warning", "failed"] = "info"
    sentence: str
    kind_of_failure: FailureKind = "other"


class Phase(BaseModel):
    """What the run does now. `yielding`: it waits because a preview or a film needs the device."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["phase"] = "phase"
    phase: Literal["starting", "training", "yielding", "measuring", "saving", "paused", "stopped", "done"]
    kimg: float = 0.0


Report = Annotated[Tick | Made | Said | Phase, Field(discriminator="kind")]


class Wish(BaseModel):
    """What people ask of a run: answered with every report, written to the trainer as one line of JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    wanted: Literal["run", "pause", "stop"] = "run"
    snapshot_kimg: float | None = Field(default=None, gt=0)
    kimg: float | None = Field(default=None, gt=0)
    snapshot_now: int = 0  # grows by one with each time somebody asks
    yields: bool = False  # set by the service itself while a preview or a film is drawn


class ReportRequest(BaseModel):
    """POST /service/training/{job_id}/reports -> Wish, or 409 when another holds the lease."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    fence: int
    reports: list[Report] = Field(default=[], max_length=500)


class SnapshotRequest(BaseModel):
    """POST /service/training/{job_id}/snapshots -> Wish. Artifacts: the snapshot's own (as in SnapshotResult), and
    "training", "grid", "checkpoint". The same kimg again replaces nothing and succeeds.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    fence: int
    made: Made
    snapshot: SnapshotResult
    artifacts: list[Artifact]
    pictures_sha256: Sha256 | None = None


class TrainResult(BaseModel):
    """What the job ends with."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    outcome: Literal["done", "paused", "stopped"]
    kimg: float
    seconds: float
    checkpoint: str | None = None  # artifact
