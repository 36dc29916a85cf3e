"""The six species of pattern network, and the shapes of their weights. No torch, so that a file can be checked first.

A species fixes activations, depth, the map of the coordinates and the ink; the seed fixes everything else.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

Z_DIM = 512  # the size of StyleGAN2's z, so that the same walks and blends drive both
STYLE_DIM = 16
UNITS = 24
FIELDS = 4
WARP_WAVES = 8
FOLDS = (3, 4, 5, 6, 6, 8)
# One seed's growth from simple to complex: quiet music to loud.
COMPLEXITIES = (0.35, 0.50, 0.65, 0.80, 0.90, 1.0)
NATIVE_SIZE = (512, 512)  # drawn when nobody asks for another
LARGEST_SIDE_PX, LARGEST_AREA_PX = 8192, 4096 * 4096


@dataclass(frozen=True)
class Species:
    """What the networks of one species share. `layers` counts layer 0; `amount` = the relief's height, or bands."""

    activations: tuple[str, ...]
    layers: int
    gain: float
    lowest: float  # of the frequencies of layer 0, radians per half short side
    highest: float
    radial: float
    chart: str  # the map of the coordinates before layer 0
    ink: str
    amount: float
    light: float  # mean sRGB value that the exposure aims at
    # Short side in px from which half-size fields, and one ink sample, keep a preview within 45 dB of the film.
    half_fields_from: int
    single_ink_from: int
    title: str


SPECIES = {
    "smoke": Species(("sin", "tanh"), 5, 1.3, 0.5, 2.0, 0.5, "warp", "smoke", 0.0, 0.30, 0, 0, "Smoke"),
    "silk": Species(("tanh",), 5, 1.5, 0.5, 1.8, 0.5, "plain", "relief", 0.35, 0.31, 512, 0, "Silk"),
    "contour": Species(("tanh", "sin"), 4, 1.2, 0.5, 2.2, 0.5, "plain", "lines", 0.0, 0.31, 8193, 512, "Contour"),
    "mandala": Species(("sin", "tanh"), 4, 1.0, 0.8, 3.0, 0.5, "kaleido", "bands", 0.9, 0.27, 0, 0, "Mandala"),
    "iris": Species(("sin", "tanh"), 4, 1.1, 0.8, 2.6, 0.5, "tunnel", "smoke", 0.0, 0.27, 512, 0, "Iris"),
    "dream": Species(("atan", "atan2"), 6, 0.7, 0.5, 1.7, 0.0, "plain", "relief", 0.30, 0.31, 640, 0, "Dream"),
}


# Six anchors from dark to light, and the partner whose colours the fourth field mixes in.
PALETTES = {
    "ember": ("0a0810 2b0f2e 7a1f3d d1443c f59a4a ffe9b8", "tide"),
    "tide": ("070b14 0b2440 12566b 2aa198 9fdcc0 f6f3dc", "copper"),
    "orchid": ("0b0914 2a1147 6a2382 c0438f f58ea0 ffe6d6", "cobalt"),
    "moss": ("080c0b 12302a 2f5d3f 7f9a4a d9c86a fdf3cf", "dusk"),
    "cobalt": ("07091a 101f5c 2347b8 4f8df0 a6d3ff fff4e4", "dusk"),
    "copper": ("0b090b 2d1a1f 5c2f2b a85b3a e2a66b f7e6cf", "jade"),
    "dusk": ("08091a 1f1a4f 4d2f86 b0508f f0876f ffd79a", "tide"),
    "jade": ("060b10 0c2a33 0f5f5a 3da67a c0d98a fff2c4", "violet"),
    "rose": ("0c080c 341226 7d1f45 d4526a f4a5a0 fdeee2", "polar"),
    "polar": ("070a12 14263f 2f5577 6f9bb5 c3d5da fdf6ec", "ember"),
    "acid": ("08090d 1a1d3a 244f78 1fa08c 9bdc5a f9f7a8", "violet"),
    "violet": ("09081a 22125a 4b2bb0 8a5cf0 d3a4f5 fff0f2", "ember"),
}


class SpeciesError(ValueError):
    """A sentence about a species or a setting of a pattern network that does not exist."""


@dataclass(frozen=True)
class CppnConfig:
    """Everything about one pattern network that is not a tensor."""

    species: str
    seed: int
    complexity: float
    palette: str
    fold: int
    angle: float

    def __post_init__(self) -> None:
        """Refuse what no pattern network has, so that a lying file is caught before its weights are read."""
        find_species(self.species)
        if not 0 < self.complexity <= 1:
            raise SpeciesError(f"A pattern network's complexity lies above 0 and up to 1, not at {self.complexity}.")
        if self.palette not in PALETTES:
            raise SpeciesError(f"There is no palette named {self.palette!r}. There are: {', '.join(PALETTES)}.")
        if not math.isfinite(self.angle):
            raise SpeciesError("A pattern network's angle is a number of radians.")
        if self.fold not in FOLDS:
            raise SpeciesError(f"A pattern network folds 3, 4, 5, 6 or 8 times; this one says {self.fold}.")

    @classmethod
    def from_json(cls, values: Mapping[str, object]) -> Self:
        """Read what `to_json` wrote. Raises SpeciesError for a missing, foreign or wrongly typed value."""
        kinds = {"species": str, "seed": int, "complexity": float, "palette": str, "fold": int, "angle": float}
        if set(values) != set(kinds):
            raise SpeciesError(f"A pattern network is described by {', '.join(kinds)}, not by {', '.join(values)}.")
        for name, kind in kinds.items():
            if type(values[name]) is not kind and not (kind is float and type(values[name]) is int):
                raise SpeciesError(f"A pattern network's {name} is no {type(values[name]).__name__}.")
        return cls(**dict(values))  # type: ignore[arg-type]

    def to_json(self) -> dict[str, object]:
        """Plain values, as they are stored beside the tensors."""
        return asdict(self)


def find_species(name: str) -> Species:
    """The species of that name; raises SpeciesError with the names there are."""
    if name not in SPECIES:
        raise SpeciesError(f"There is no species named {name!r}. There are: {', '.join(SPECIES)}.")
    return SPECIES[name]


def tensor_shapes(config: CppnConfig) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor of such a network."""
    hidden = find_species(config.species).layers - 1
    return {
        "first_weight": (UNITS, 3),
        "first_bias": (UNITS,),
        "first_style": (UNITS, STYLE_DIM),
        "hidden_weight": (hidden, UNITS, UNITS),
        "hidden_bias": (hidden, UNITS),
        "hidden_style": (hidden, UNITS, STYLE_DIM),
        "out_weight": (FIELDS, UNITS),
        "out_bias": (FIELDS,),
        "style": (STYLE_DIM, Z_DIM),
        "warp_push": (2, WARP_WAVES),
        "warp_phase": (WARP_WAVES,),
        "warp_direction": (WARP_WAVES, 2),
        "warp_style": (WARP_WAVES, STYLE_DIM),
        "exposure": (),
        "level": (),
    }
