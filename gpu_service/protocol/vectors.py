"""Vectors of a network as people make them: a recipe instead of numbers, so that it can be read, shared and replayed.

The same recipe through another snapshot of one training shows what the network learnt in between.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gpu_service.protocol.base import MAX_SIDE, Sha256

MOST_ROWS = 64  # rows of w that any known network reads
LONGEST_VECTOR = 4096
DEEPEST, MOST_PARTS = 4, 64
MOST_IN_SHEET, MOST_WAYPOINTS = 600, 64

Amount = Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]


class Part(BaseModel):
    """Strict: a misspelt field of a recipe would be another picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rows(Part):
    """Rows `first` … `end` - 1 of w; None for `end` means all that follow. Rows a network has not are left out."""

    first: int = Field(default=0, ge=0, le=MOST_ROWS)
    end: int | None = Field(default=None, ge=0, le=MOST_ROWS)


class Tweak(Part):
    """One of GANce's hand tweaks, on z before the mapping or on every row of w after it.

    scale: v · amount. sine: v + amount · sin(2π · cycles · i / n + phase). square: the same with the sine's sign.
    line: v + amount · (2 i / (n - 1) - 1). i = place in the vector, n = its length, phase in turns.
    """

    kind: Literal["scale", "sine", "square", "line"]
    amount: Amount
    cycles: float = Field(default=1.0, ge=0, le=2048)
    phase: float = Field(default=0.0, ge=-1, le=1)
    space: Literal["z", "w"] = "w"


class Step(Part):
    """`amount` along one row of a directions file, in that direction's own standard deviations."""

    file: Sha256
    index: int = Field(ge=0, lt=LONGEST_VECTOR)
    amount: Amount
    rows: Rows = Rows()


class Term(Part):
    """Arithmetic. In z: z + amount · z(of). In w: w + amount · (w(of) - average w)."""

    of: "VectorSpec"
    amount: Amount
    space: Literal["z", "w"] = "w"


class Mix(Part):
    """Style mixing: these rows of w come from another vector."""

    of: "VectorSpec"
    rows: Rows


class VectorSpec(Part):
    """One vector. Worked out in the order of the fields; see `gpu_service.vectors`.

    `seed` is NVIDIA's: numpy.random.RandomState(seed).randn(1, z_dim). `z` holds numbers instead, of the network's
    length. `label` is a class or None for none of them. Truncation goes towards the average w, in rows below
    `truncation_end` alone where that is given.
    """

    seed: Seed = 0
    z: list[Annotated[float, Field(allow_inf_nan=False)]] | None = Field(default=None, max_length=LONGEST_VECTOR)
    label: int | None = Field(default=None, ge=0, lt=1 << 16)
    truncation: float = Field(default=0.7, ge=-2, le=2, allow_inf_nan=False)
    truncation_end: int | None = Field(default=None, ge=0, le=MOST_ROWS)
    terms: list[Term] = Field(default=[], max_length=8)
    tweaks: list[Tweak] = Field(default=[], max_length=16)
    steps: list[Step] = Field(default=[], max_length=MOST_PARTS)
    mixes: list[Mix] = Field(default=[], max_length=8)

    @model_validator(mode="after")
    def _is_small(self) -> Self:
        if self.depth() > DEEPEST or sum(1 for _ in self.walk()) > MOST_PARTS:
            raise ValueError(f"A vector is made of at most {MOST_PARTS} others, {DEEPEST} deep.")
        return self

    def parts(self) -> list["VectorSpec"]:
        """The vectors that this one is made of."""
        return [term.of for term in self.terms] + [mix.of for mix in self.mixes]

    def walk(self) -> "list[VectorSpec]":
        """This one and all below it."""
        return [self, *(found for part in self.parts() for found in part.walk())]

    def depth(self) -> int:
        return 1 + max((part.depth() for part in self.parts()), default=0)

    def files(self) -> set[str]:
        """The directions files it reads."""
        return {step.file for found in self.walk() for step in found.steps}


class Look(Part):
    """What a picture depends on beside its vector. The last four move StyleGAN3's input; other networks ignore them.

    `pan_x`, `pan_y`: picture widths, content moving right and down; `turn`: degrees clockwise; `zoom` > 1: nearer.
    """

    noise: Literal["const", "none", "random"] = "const"
    noise_seed: Seed = 0
    noise_strength: float = Field(default=1.0, ge=0, le=4)
    pan_x: float = Field(default=0.0, ge=-2, le=2)
    pan_y: float = Field(default=0.0, ge=-2, le=2)
    turn: float = Field(default=0.0, ge=-360, le=360)
    zoom: float = Field(default=1.0, ge=0.1, le=10)


class Tile(Part):
    """One picture of a sheet: a vector through one of the scene's snapshots."""

    vector: VectorSpec
    snapshot: int = Field(default=0, ge=0, lt=MOST_IN_SHEET)


class Waypoint(Part):
    """A vector on a path, and how long the way to the next one takes: seconds, or beats where a track leads."""

    vector: VectorSpec
    length: float = Field(default=2.0, gt=0, le=600)


Interpolation = Literal["linear", "spherical", "smooth"]


def path_length(waypoints: Sequence[Waypoint], *, is_loop: bool) -> float:
    """How long a path is, in the unit of its lengths. The last one's counts only where it leads back to the first."""
    return sum(waypoint.length for waypoint in (waypoints if is_loop else waypoints[:-1]))


class SheetOrder(Part):
    """Job draw_sheet: pictures side by side as one JPEG or PNG. Snapshots come as inputs of role "snapshot", in order.

    `mime` "image/png" is lossless. `tile` is the side of each picture in pixels; the sheet has `columns` of them.
    """

    tiles: list[Tile] = Field(min_length=1, max_length=MOST_IN_SHEET)
    columns: int = Field(default=8, ge=1, le=64)
    tile: int = Field(default=160, ge=16, le=MAX_SIDE)
    look: Look = Look()
    mime: Literal["image/jpeg", "image/png"] = "image/jpeg"


class DirectionsOrder(Part):
    """Job find_directions on the input of role "snapshot"."""

    method: Literal["sefa", "ganspace"]
    count: int = Field(default=20, ge=1, le=128)
    samples: int = Field(default=10_000, ge=100, le=100_000)
    rows: Rows = Rows()


class HarvestOrder(Part):
    """Job harvest: draw pictures of seeds `first_seed`, … until `count` pass, or `most` were drawn."""

    count: int = Field(default=24, ge=1, le=MOST_IN_SHEET)
    most: int = Field(default=2_000, ge=1, le=100_000)
    first_seed: Seed = 0
    faces: Literal["any", "with", "without"] = "any"
    truncation: float = Field(default=0.7, ge=-2, le=2)
    label: int | None = Field(default=None, ge=0, lt=1 << 16)
    look: Look = Look()


class ExportOrder(Part):
    """Job export_snapshot on the input of role "snapshot". `name` is the stem of the file that comes out."""

    form: Literal["state_dict", "rosinality"]
    name: str = Field(max_length=255)


class FilesResult(Part):
    """What draw_sheet, find_directions, harvest and export_snapshot hand in: artifacts by role, and what is known.

    draw_sheet: {"sheet"}. find_directions: {"directions"}, facts {method, count, w_dim, snapshot_sha256, shares}.
    harvest: {"zip", "sheet"}, facts {kept, drawn, seeds, columns, tile}. export_snapshot: {"file"}.
    """

    files: dict[str, str]
    facts: dict[str, Any] = {}
