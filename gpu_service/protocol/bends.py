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
Strength = Annotated[float, Field(ge=-STRONGEST, le=STRONGEST, allow_inf_nan=False)]
Level = Annotated[float, Field(ge=-1000, le=1000, allow_inf_nan=False)]
EXACTLY = "Translate by whole pixels; blur never below σ = 1."
# Operations that read beyond the edge of their maps by a rule of choice; swirl and displacement repeat the edge.
EDGED: tuple[Operation, ...] = ("zoom", "translate", "rotate", "shear")
SQUARE: tuple[Operation, ...] = ("blur", "erode", "dilate")


def _words(title: str, help: str = "", **when: tuple[str, ...]) -> Any:
    """A title for a form, and `x-when`: the other fields' values with which this one is read at all."""
    extra: dict[str, Any] = {"x-when": {name: list(values) for name, values in when.items()}} if when else {}
    return Field(title=title, description=help or None, json_schema_extra=extra)


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
    block: Annotated[BlockPlace, _words("Block", "0 is 4 px, 7 the finest: by its share of the depth.")] = 4
    last_block: Annotated[BlockPlace | None, _words("To block", "All blocks from the first to this.")] = None
    branch: Annotated[Branch, _words("Branch", "The small picture a block adds, or its maps.")] = "rgb"
    features: Annotated[Literal["all", "random", "range"], _words("Features")] = "all"
    share: Annotated[Share, _words("Share of the features", features=("random",))] = 0.5
    seed: Annotated[Seed, _words("Seed of the choice", features=("random",))] = 0
    first: Annotated[Share, _words("From", "Of the number of features.", features=("range",))] = 0.0
    last: Annotated[Share, _words("To", "Of the number of features.", features=("range",))] = 1.0
    amount: Annotated[Strength, _words("Strength", "Times the drive.")] = 1.0
    drive: Annotated[str, Field(min_length=1, max_length=40), _words("Drive")] = ROUTE
    axis: Annotated[Literal["x", "y"], _words("Axis", operation=("translate",))] = "x"
    level: Annotated[Level, _words("Level", operation=("threshold",))] = 0.5
    size: Annotated[int, Field(ge=1, le=65), _words("Size (px)", "Side of the square.", operation=SQUARE)] = 9
    edges: Annotated[Literal["mirror", "edge", "black"], _words("Beyond the edges", operation=EDGED)] = "mirror"
    faithful: Annotated[bool, _words("As in the original", EXACTLY, operation=("translate", "blur"))] = False

    @model_validator(mode="after")
    def _can_be_done(self) -> Self:
        if self.last_block is not None and self.last_block < self.block:
            raise ValueError(f"Bend {self.id} ends at block {self.last_block}, before it begins at {self.block}.")
        if self.operation == "hue" and (self.branch, self.features) != ("rgb", "all"):
            raise ValueError(f"Bend {self.id} turns the hue, which only a whole picture has: choose branch rgb.")
        if self.features == "range" and self.first >= self.last:
            raise ValueError(f"Bend {self.id} takes no feature: its range ends where it begins.")
        return self
