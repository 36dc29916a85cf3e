"""What every network offers to visualizers: numbers in, pictures out. Networks know shapes, not music."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, Self

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gpu_service.networks.crew import share_out
from gpu_service.networks.hooks import Bending, NoiseMaps

NoiseMode = Literal["const", "none", "random", "maps"]
# film: the picture that is kept. preview: cheaper, close to it. once: one ink sample per pixel, for measuring.
Quality = Literal["film", "preview", "once"]


class Network(Protocol):
    """One set of weights that draws. Row n of a picture batch depends on row n of the input alone."""

    kind: str
    z_dim: int
    w_dim: int
    num_ws: int
    num_classes: int
    native_size: tuple[int, int]  # height, width that `synthesis` draws when no size is given
    bending_sides: tuple[int, ...]  # of the maps that can be bent, in order of depth
    bending_colours: tuple[int, ...]  # the places among them that make colour, to be bent as "rgb"
    family: str | None  # networks of one family may be mixed by their weights; None: mix their pictures
    aspect: float | None  # width over height of what was padded to squares for the training, see `fit`

    def mapping(
        self,
        z: Tensor,
        *,
        truncation: float | Tensor = 1.0,
        truncation_end: int | None = None,
        labels: Tensor | None = None,
    ) -> Tensor:
        """[N, Z] -> [N, num_ws, W]. `truncation` is one number or [N]; `labels` are one-hot [N, num_classes].

        Rows from `truncation_end` on, where it is given, stay as they are.
        """
        ...

    @property
    def has_average(self) -> bool:
        """Whether the file held an average w; without one, it is found from samples when it is first needed."""
        ...

    def average_w(self) -> Tensor:
        """The w that truncation draws towards. [W]"""
        ...

    def style_weights(self, rows: range | None = None) -> Tensor:
        """The layers that turn w into styles, stacked: [outputs, W]. Those that read `rows` of w, or all.

        Colour layers count only where nothing else reads the rows.
        """
        ...

    def synthesis(
        self,
        w: Tensor,
        *,
        noise_mode: NoiseMode = "const",
        noise: Sequence[int] | NoiseMaps | None = None,
        noise_strength: float | Tensor = 1.0,
        transform: Tensor | None = None,
        bending: Bending | None = None,
        size: tuple[int, int] | None = None,
        quality: Quality = "film",
    ) -> Tensor:
        """[N, num_ws, W] -> pictures about −1…1, [N, 3, H, W]. `size` is (height, width).

        `noise` holds one seed per picture (see `frame_seed`) in noise mode "random", maps in noise mode "maps".
        `noise_strength` multiplies the strengths in the file: one number or [N]. `transform` moves the input of
        networks that have one to move (see `camera`): [3, 3] or [N, 3, 3]. `bending` bends its maps on the way;
        without one, not a bit changes. Raises NetworkError where the network has no such maps.
        """
        ...

    def blended(self, other: Self, share: float) -> Self:
        """The network `share` of the way (0…1) from this one to another of its family."""
        ...

    def to_json(self) -> dict[str, object]:
        """Everything about the network that is not a tensor, as stored beside its tensors."""
        ...

    def tensors(self) -> dict[str, Tensor]:
        """The weights by name, on their device."""
        ...

    @classmethod
    def from_tensors(
        cls, config: Mapping[str, object], tensors: Mapping[str, Tensor], *, device: torch.device, dtype: torch.dtype
    ) -> Self:
        """Build the network from what `to_json` and `tensors` gave. Names and shapes have been checked."""
        ...


def to_uint8(pictures: Tensor) -> Tensor:
    """About −1…1 to 0…255. [N, 3, H, W] float -> uint8. On the CPU a picture to a core, see `crew`."""
    if pictures.device.type != "cpu":
        return (pictures * 127.5 + 128).clamp_(0, 255).to(torch.uint8)
    made = torch.empty(pictures.shape, dtype=torch.uint8)

    def convert(index: int) -> None:
        made[index] = (pictures[index] * 127.5 + 128).clamp_(0, 255)

    share_out(range(len(pictures)), convert)
    return made


def frame_seed(seed: int, frame: int) -> int:
    """One number for all chance in one frame, the same on every machine."""
    return int(np.random.SeedSequence([seed, frame]).generate_state(1, np.uint64)[0] >> np.uint64(1))


def fit(pictures: Tensor, size: tuple[int, int] | None, aspect: float | None = None) -> Tensor:
    """Scale pictures until they cover (height, width), then cut the middle out. None leaves them. float [N, 3, H, W]

    `aspect` is that of the network that drew them: what it learned to draw around the picture is not shown.
    """
    if size is not None:
        pictures = unpadded(pictures, aspect)
    if size is None or size == tuple(pictures.shape[-2:]):
        return pictures
    height, width = pictures.shape[-2:]
    scale = max(size[0] / height, size[1] / width)
    covering = (max(round(height * scale), size[0]), max(round(width * scale), size[1]))
    if covering != (height, width):
        pictures = functional.interpolate(pictures, size=covering, mode="bicubic", align_corners=False, antialias=True)
    top, left = (covering[0] - size[0]) // 2, (covering[1] - size[1]) // 2
    return pictures[..., top : top + size[0], left : left + size[1]]


def unpadded(pictures: Tensor, aspect: float | None) -> Tensor:
    """The middle of squares that were padded from `aspect`, width over height: nothing of the padding."""
    if aspect is None:
        return pictures
    height, width = pictures.shape[-2:]
    wide, high = min(width, max(1, int(height * aspect))), min(height, max(1, int(width / aspect)))
    top, left = (height - high) // 2, (width - wide) // 2
    return pictures[..., top : top + high, left : left + wide]
