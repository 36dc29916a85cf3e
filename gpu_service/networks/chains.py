"""Networks that are one chain of convolutions, as sources of features: SqueezeNet 1.0 and 1.1, and VGG16.

Their weights are the operator's, read from a safetensors file. Iandola et al. 2016; Simonyan and Zisserman 2014.
VGG16's tensors have torchvision's names (`features.0.weight`); beside them may lie the weights that LPIPS learnt for
its five layers (Zhang et al. 2018), `lin0.model.1.weight` [1, channels, 1, 1] to `lin4`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.nn import functional

from gpu_service.errors import RenderError

FIRES = range(2, 10)
# Where pictures are compared: before each pooling, and at the end.
SQUEEZENET_LAYERS = {"1.0": ("conv1", "fire4", "fire8", "fire9"), "1.1": ("conv1", "fire3", "fire5", "fire7", "fire9")}
SQUEEZENET_POOLS = {"1.0": ("conv1", "fire4", "fire8"), "1.1": ("conv1", "fire3", "fire5")}
SQUEEZENET_MEAN = (104.0, 117.0, 123.0)  # of blue, green, red
VGG_CONVS = ((0, 2), (5, 7), (10, 12, 14), (17, 19, 21), (24, 26, 28))
VGG_MEAN, VGG_SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
LINES = tuple(f"lin{place}.model.1.weight" for place in range(5))


class Chain(nn.Module):
    """`forward` gives the activations of several layers. Gradients flow, weights ask for none."""

    smallest_px = 32

    def __init__(self, tensors: Mapping[str, Tensor], name: str) -> None:
        super().__init__()
        self._held = {key: tensor.float() for key, tensor in tensors.items()}
        self._name = name

    def to(self, device: torch.device) -> "Chain":  # type: ignore[override]  # only ever moved to a device
        """Everything to that device."""
        self._held = {key: tensor.to(device) for key, tensor in self._held.items()}
        return self

    def _conv(self, x: Tensor, title: str, *, stride: int = 1, padding: int = 0) -> Tensor:
        return functional.relu(
            functional.conv2d(x, self._held[f"{title}.weight"], self._held[f"{title}.bias"], stride, padding)
        )

    def _check(self, wanted: Mapping[str, tuple[int, ...]]) -> None:
        for key, shape in wanted.items():
            found = tuple(self._held[key].shape) if key in self._held else None
            if found != shape:
                told = "missing" if found is None else f"of shape {found}"
                raise RenderError(f"{self._name}: {key} is {told}, not {shape}.", kind="bad_input", field="features")


class SqueezeNet(Chain):
    """Version 1.0 or 1.1, told apart by the first kernel."""

    def __init__(self, tensors: Mapping[str, Tensor], name: str) -> None:
        super().__init__(tensors, name)
        kernel = self._held["conv1.weight"].shape[-1]
        self.version = "1.0" if kernel == 7 else "1.1"
        first = (96, 3, 7, 7) if kernel == 7 else (64, 3, 3, 3)
        self._check({"conv1.weight": first, "conv1.bias": first[:1], **_fires(first[0])})

    def forward(self, pictures: Tensor) -> list[tuple[Tensor, Tensor | None]]:
        """RGB about −1…1 [n, 3, H, W] -> activations of its layers, each with its learnt weights, here none."""
        x = (pictures.flip(1) * 127.5 + 127.5) - pictures.new_tensor(SQUEEZENET_MEAN)[:, None, None]
        found: list[tuple[Tensor, Tensor | None]] = []
        for layer in ("conv1", *(f"fire{number}" for number in FIRES)):
            x = self._conv(x, "conv1", stride=2) if layer == "conv1" else self._fire(x, layer)
            if layer in SQUEEZENET_LAYERS[self.version]:
                found.append((x, None))
            if layer in SQUEEZENET_POOLS[self.version]:
                x = functional.max_pool2d(x, 3, stride=2, ceil_mode=True)
        return found

    def _fire(self, x: Tensor, layer: str) -> Tensor:
        narrow = self._conv(x, f"{layer}.squeeze1x1")
        wide = self._conv(narrow, f"{layer}.expand1x1"), self._conv(narrow, f"{layer}.expand3x3", padding=1)
        return torch.cat(wide, dim=1)


class Vgg16(Chain):
    """Its thirteen convolutions."""

    def __init__(self, tensors: Mapping[str, Tensor], name: str) -> None:
        super().__init__(tensors, name)
        inputs, wanted = 3, dict[str, tuple[int, ...]]()
        for convs, outputs in zip(VGG_CONVS, (64, 128, 256, 512, 512), strict=True):
            for conv in convs:
                wanted[f"features.{conv}.weight"], wanted[f"features.{conv}.bias"] = (outputs, inputs, 3, 3), (outputs,)
                inputs = outputs
        self._check(wanted)
        self.has_lines = any(line in self._held for line in LINES)
        if self.has_lines:
            widths = zip(LINES, (64, 128, 256, 512, 512), strict=True)
            self._check({line: (1, width, 1, 1) for line, width in widths})

    def forward(self, pictures: Tensor) -> list[tuple[Tensor, Tensor | None]]:
        """RGB about −1…1 [n, 3, H, W] -> activations of five layers, each with LPIPS's weights, if there."""
        mean, spread = (pictures.new_tensor(each)[:, None, None] for each in (VGG_MEAN, VGG_SPREAD))
        x = (pictures / 2 + 0.5 - mean) / spread
        found: list[tuple[Tensor, Tensor | None]] = []
        for place, convs in enumerate(VGG_CONVS):
            if place:
                x = functional.max_pool2d(x, 2)
            for conv in convs:
                x = self._conv(x, f"features.{conv}", padding=1)
            found.append((x, self._held[LINES[place]] if self.has_lines else None))
        return found


def _fires(inputs: int) -> dict[str, tuple[int, ...]]:
    wanted: dict[str, tuple[int, ...]] = {}
    for number in FIRES:
        narrow, wide = 16 * (number // 2), 64 * (number // 2)
        for part, shape in (
            ("squeeze1x1", (narrow, inputs, 1, 1)),
            ("expand1x1", (wide, narrow, 1, 1)),
            ("expand3x3", (wide, narrow, 3, 3)),
        ):
            wanted[f"fire{number}.{part}.weight"], wanted[f"fire{number}.{part}.bias"] = shape, shape[:1]
        inputs = 2 * wide
    return wanted


CHAINS: dict[str, Callable[[Mapping[str, Tensor], str], Chain]] = {
    "conv1.weight": SqueezeNet,
    "features.0.weight": Vgg16,
}


def read_chain(path: Path, *, device: torch.device) -> Chain | None:
    """The network of an operator's file, or None where it is another kind. Raises RenderError."""
    try:
        with safe_open(path, "pt") as file:
            names = set(file.keys())
            kind = next((build for first, build in CHAINS.items() if first in names), None)
            if kind is None:
                return None
            tensors = {name: file.get_tensor(name) for name in names}
    except (OSError, SafetensorError) as error:
        raise RenderError(f"{path.name} cannot be read as a safetensors file: {error}", kind="bad_input") from error
    return kind(tensors, path.name).to(device)
