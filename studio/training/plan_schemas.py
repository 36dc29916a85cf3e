"""What is said before a run is started: presets, uploaded zips, the plan, tries. Units: kimg, seconds, bytes."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from gpu_service.protocol import Measured, TrainingConfig
from gpu_service.protocol.training import PresetName

Fit = Literal["exact", "pad", "crop"]


class TrainingPresetOut(Schema):
    name: str
    title: str
    text: str


class TrainingChoiceOut(Schema):
    value: str
    title: str


class TrainingSettingOut(Schema):
    name: str
    title: str
    description: str
    group: str
    choices: list[TrainingChoiceOut] | None


class TrainingPresetList(Schema):
    """`settings` names every setting of a run, in the order in which forms show them."""

    items: list[TrainingPresetOut]
    settings: list[TrainingSettingOut]


class TrainingUploadedOut(Schema):
    """A zip of pictures in the standard form. `id` is that of the upload it came by; `runs` counts its trainings."""

    id: UUID
    project_id: UUID
    name: str
    size_bytes: int
    count: int
    width: int
    height: int
    num_classes: int
    is_mixed: bool
    runs: int
    created_by_name: str
    created_at: datetime
    is_binned: bool


class TrainingUploadedList(Schema):
    items: list[TrainingUploadedOut]


class TrainingPlanIn(Schema):
    """Exactly one of `version_id` and `upload_id`. Without a size: that of the start, else the pictures' own."""

    model_config = ConfigDict(extra="forbid")
    version_id: UUID | None = None
    upload_id: UUID | None = None
    start_snapshot_id: UUID | None = None
    preset: PresetName = "auto"
    size: int | None = Field(None, ge=1, le=65_536)
    fit: Fit = "exact"
    changes: dict[str, Any] = Field({}, max_length=100)


class TrainingFieldOut(Schema):
    """One setting. `default` is the preset's value, `changed` whether it differs from it; `fixed`: the start decides.

    `kind` says what draws it; `choices` are those of "choice" and "choices". `optional`: null may be given.
    """

    name: str
    title: str
    description: str
    group: str
    kind: Literal["integer", "number", "boolean", "choice", "choices"]
    value: Any
    default: Any
    changed: bool
    fixed: bool
    advanced: bool
    optional: bool
    choices: list[TrainingChoiceOut] | None
    minimum: float | None
    maximum: float | None


class TrainingProblemOut(Schema):
    """`field` is a setting's name, or "version", "start", "size", "fit", "". A run with a problem is not started."""

    field: str
    sentence: str


class TrainingOfferOut(Schema):
    """How pictures of another shape can be brought to that size."""

    fit: Literal["pad", "crop"]
    size: int


class TrainingPicturesOut(Schema):
    """What is trained on. `id` is the version's or the upload's, null when that is gone; `name` says it whole."""

    kind: Literal["version", "upload"]
    id: UUID | None
    dataset_id: UUID | None
    dataset_name: str
    number: int | None
    name: str
    count: int
    width: int
    height: int
    num_classes: int


class TrainingStartOut(Schema):
    """The snapshot that a run began with. `has_discriminator`: null when only the trainer will see."""

    snapshot_id: UUID | None
    network_id: UUID | None
    name: str
    network_name: str
    kimg: float | None
    has_discriminator: bool | None


class TrainingEstimateOut(Schema):
    """`unknown`: nobody has tried these settings yet. `seconds` is for the whole run on `device`.

    `basis`: measured by a try of these settings, had by a run of the project with them, or scaled by the amount of
    arithmetic from another measurement; then there is a range in place of `seconds`. `run_id` is the run of both.
    `wants_gauge`: nothing was measured on what is here; a try with `gauge` gives something to scale from.
    """

    state: Literal["unknown", "waiting", "working", "ready", "failed"]
    basis: Literal["try", "run", "scaled"] | None
    seconds: float | None
    low_seconds: float | None
    high_seconds: float | None
    measured: Measured | None
    device: str
    run_id: UUID | None
    run_name: str
    sentence: str
    job_id: UUID | None
    wants_gauge: bool
    is_gauging: bool


class TrainingDifferenceOut(Schema):
    name: str
    title: str
    value: Any
    preset_value: Any


class TrainingPlanOut(Schema):
    """Nothing is stored. `config` is null while the settings do not fit together; `problems` say why.

    `sizes` may be chosen; `needs_export`: the version's zip is made first. `disk_bytes` is all that the run will store
    in the studio, `memory_bytes` what a device needs: counted, not measured, null without a config.
    """

    config: TrainingConfig | None
    preset: str
    size: int | None
    sizes: list[int]
    fit: Fit
    fields: list[TrainingFieldOut]
    differences: list[TrainingDifferenceOut]
    problems: list[TrainingProblemOut]
    warnings: list[str]
    offers: list[TrainingOfferOut]
    version: TrainingPicturesOut | None
    start: TrainingStartOut | None
    pictures: int
    aspect: float | None
    needs_export: bool
    disk_bytes: int | None
    memory_bytes: int | None
    estimate: TrainingEstimateOut


class TrainingTryIn(Schema):
    """`again`: also where a result is known already. `gauge`: small settings in place of these, within seconds."""

    model_config = ConfigDict(extra="forbid")
    config: TrainingConfig
    again: bool = False
    gauge: bool = False


class TrainingTryOut(Schema):
    job_id: UUID | None
    estimate: TrainingEstimateOut
