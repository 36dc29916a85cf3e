"""Bends: what is done to the maps inside a network while it draws, where, how strongly, and which signal drives it.

Depth is counted in eighths, as AIART's network of 512 pixels has eight blocks: 0 is 4 px, 7 is 512 px. The blocks
of another network are met by their share of its depth.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from gpu_service.protocol.routes import RouteId
from gpu_service.protocol.vectors import Part, Seed

MOST_BENDS, DEEPEST_BLOCK = 32, 7
STRONGEST = 2.0
# Networks with maps that can be bent, and those of them that make colour at their end alone.
BENT_NETWORKS, COLOUR_AT_END = ("stylegan2", "stylegan3"), ("stylegan3",)
# A bend with this drive is driven by routes alone: its signal is 1 throughout.
ROUTE = "route"

Operation = Literal[
    "zoom",
    "translate",
    "rotate",
    "shear",
    "blur",
    "blend",
    "hue",
    "swirl",
    "displacement",
    "flip-h",
    "flip-v",
    "invert",
    "threshold",
    "erode",
    "dilate",
    "edge",
    "multiply",
    "ablate",
]
Branch = Literal["rgb", "features"]
BlockPlace = Annotated[int, Field(ge=0, le=DEEPEST_BLOCK)]
Share = Annotated[float, Field(ge=0, le=1)]
# Operations that read beyond the edge of their maps by a rule of choice; swirl and displacement repeat the edge.
EDGED: tuple[Operation, ...] = ("zoom", "translate", "rotate", "shear")
SQUARE: tuple[Operation, ...] = ("blur", "erode", "dilate")


def _read_by(title: str, help: str = "", **when: tuple[str, ...]) -> dict[str, Any]:
    """A title for a form, and `x-when`: the other fields' values with which this one is read at all."""
    extra = {"x-when": {name: list(values) for name, values in when.items()}} if when else {}
    return {"title": title, "description": help or None, "json_schema_extra": extra}


class BendSpec(Part):
    """One operation. Its strength in a frame is amount × drive; at 0 the picture is not touched, to the bit.

    At strength 1: zoom goes in by 5 to 20 %, less in fine blocks; translate moves by 15/64 of the side along `axis`;
    rotate 20°, shear 50°; blur σ = 4 px of the map in a kernel of `size` px; blend fades to white; hue turns once;
    swirl warps by 40/512 of the side; displacement warps by the frame's displacement map; flip, invert, threshold (1
    above `level`, else 0), erode, dilate (a square of `size` px), edge replace the maps by what they make of them, as
    multiply doubles and ablate silences them. Between 0 and 1 the last eight fade.

    `branch` rgb bends the small picture that a block adds (as AIART does), features its maps. `features` random takes
    `share` of them by `seed`, range those from `first` to `last` of their number. `faithful` keeps the original's
    accidents: translate by whole pixels, up to 15 whatever the block's size; blur never below σ = 1.
    """

    id: RouteId
    operation: Operation
    block: BlockPlace = Field(default=4, **_read_by("Block", "0 is 4 px, 7 the finest: by its share of the depth."))
    last_block: BlockPlace | None = Field(default=None, **_read_by("To block", "All blocks from the first to this."))
    branch: Branch = Field(default="rgb", **_read_by("Branch", "The small picture a block adds, or its maps."))
    features: Literal["all", "random", "range"] = Field(default="all", **_read_by("Features"))
    share: Share = Field(default=0.5, **_read_by("Share of the features", features=("random",)))
    seed: Seed = Field(default=0, **_read_by("Seed of the choice", features=("random",)))
    first: Share = Field(default=0.0, **_read_by("From", "Of the number of features.", features=("range",)))
    last: Share = Field(default=1.0, **_read_by("To", "Of the number of features.", features=("range",)))
    amount: float = Field(
        default=1.0, ge=-STRONGEST, le=STRONGEST, allow_inf_nan=False, **_read_by("Strength", "Times the drive.")
    )
    drive: str = Field(default=ROUTE, min_length=1, max_length=40, **_read_by("Drive"))
    axis: Literal["x", "y"] = Field(default="x", **_read_by("Axis", operation=("translate",)))
    level: float = Field(
        default=0.5, ge=-1000, le=1000, allow_inf_nan=False, **_read_by("Level", operation=("threshold",))
    )
    size: int = Field(default=9, ge=1, le=65, **_read_by("Size (px)", "Side of the square.", operation=SQUARE))
    edges: Literal["mirror", "edge", "black"] = Field(default="mirror", **_read_by("Beyond the edges", operation=EDGED))
    faithful: bool = Field(
        default=False,
        **_read_by(
            "As in the original", "Translate by whole pixels; blur never below σ = 1.", operation=("translate", "blur")
        ),
    )

    @model_validator(mode="after")
    def _can_be_done(self) -> Self:
        if self.last_block is not None and self.last_block < self.block:
            raise ValueError(f"Bend {self.id} ends at block {self.last_block}, before it begins at {self.block}.")
        if self.operation == "hue" and (self.branch, self.features) != ("rgb", "all"):
            raise ValueError(f"Bend {self.id} turns the hue, which only a whole picture has: choose branch rgb.")
        if self.features == "range" and self.first >= self.last:
            raise ValueError(f"Bend {self.id} takes no feature: its range ends where it begins.")
        return self
