"""StyleGAN2: mapping, truncation, synthesis, in plain float32 arithmetic.

On the CPU each picture is drawn by itself, a core to a picture, and its bits depend on no other. On a GPU a batch is
drawn at once: pictures agree to about 1e-5 of their spread with those drawn alone, so a film fixes its batch size.
"""

from collections.abc import Mapping, Sequence
from typing import Self

import torch
from torch import Tensor, nn

from gpu_service.networks import NetworkError
from gpu_service.networks.base import NoiseMode, Quality, fit
from gpu_service.networks.crew import share_out
from gpu_service.networks.stylegan2_layers import Block, Dense, NoiseSource, SynthesisLayer, normalise
from gpu_service.networks.stylegan2_layout import StyleGan2Config

MAPPING_RATE = 0.01


class MappingNetwork(nn.Module):
    """z (and a label) to w."""

    w_avg: Tensor

    def __init__(self, config: StyleGan2Config) -> None:
        super().__init__()
        self.register_buffer("w_avg", torch.empty(config.w_dim))
        self.count = config.mapping_layers
        inputs = config.z_dim
        if config.c_dim:
            self.embed = Dense(config.c_dim, config.w_dim)
            inputs += config.w_dim
        for index in range(self.count):
            setattr(self, f"fc{index}", Dense(inputs, config.w_dim, rate=MAPPING_RATE, curved=True))
            inputs = config.w_dim

    def forward(self, z: Tensor, labels: Tensor | None) -> Tensor:
        """[N, Z], [N, classes] -> [N, W]"""
        x = normalise(z)
        if labels is not None:
            x = torch.cat([x, normalise(self.embed(labels))], dim=1)
        for index in range(self.count):
            x = getattr(self, f"fc{index}")(x)
        return x


class SynthesisNetwork(nn.Module):
    """w to pictures, from 4×4 upwards."""

    def __init__(self, config: StyleGan2Config) -> None:
        super().__init__()
        self.resolutions = config.resolutions
        inputs = 0
        for resolution in self.resolutions:
            outputs = config.channels(resolution)
            block = Block(inputs, outputs, w_dim=config.w_dim, resolution=resolution, clamp=config.conv_clamp)
            setattr(self, f"b{resolution}", block)
            inputs = outputs

    def forward(self, w: Tensor, noise: NoiseSource) -> Tensor:
        """[N, num_ws, W] -> [N, 3, R, R]"""
        x: Tensor | None = None
        rgb: Tensor | None = None
        row = 0
        for resolution in self.resolutions:
            block = getattr(self, f"b{resolution}")
            x, rgb = block(x, rgb, w[:, row : row + block.layers + 1], noise)
            row += block.layers
        assert rgb is not None
        return rgb


class StyleGan2(nn.Module):
    """A generator read from a snapshot. Gradients flow through it; its weights ask for none."""

    kind = "stylegan2"
    family: str | None = None

    def __init__(self, config: StyleGan2Config) -> None:
        super().__init__()
        self.config = config
        self.z_dim, self.w_dim, self.num_ws = config.z_dim, config.w_dim, config.num_ws
        self.num_classes = config.c_dim
        self.native_size = (config.resolution, config.resolution)
        self._mapping = MappingNetwork(config)
        self._synthesis = SynthesisNetwork(config)

    def mapping(self, z: Tensor, *, truncation: float | Tensor = 1.0, labels: Tensor | None = None) -> Tensor:
        """[N, Z] -> [N, num_ws, W], drawn towards the mean w by `truncation` (0 = the mean, 1 = as it is).

        A network with labels that is given none draws its first class.
        """
        average = self._mapping.w_avg
        z = z.to(average)
        if self.num_classes and labels is None:
            labels = torch.eye(self.num_classes)[:1].expand(len(z), -1)
        if labels is not None and labels.shape != (len(z), self.num_classes):
            raise NetworkError(f"This network takes {self.num_classes} labels for each picture.")
        w = self._map(z, labels.to(average) if labels is not None and self.num_classes else None)
        strength = torch.as_tensor(truncation, dtype=w.dtype, device=w.device).expand(len(z))[:, None]
        w = torch.lerp(average.expand_as(w), w, strength) if (strength != 1).any() else w
        return w[:, None].repeat(1, self.num_ws, 1)

    def _map(self, z: Tensor, labels: Tensor | None) -> Tensor:
        """[N, Z] -> [N, W]; on the CPU row by row, because a product of many rows may round otherwise."""
        if z.device.type != "cpu" or (torch.is_grad_enabled() and z.requires_grad) or len(z) == 0:
            return self._mapping(z, labels)
        w = z.new_empty(len(z), self.w_dim)

        def map_row(row: int) -> None:
            w[row] = self._mapping(z[row, None], None if labels is None else labels[row, None])[0]

        share_out(range(len(z)), map_row)
        return w

    def synthesis(
        self,
        w: Tensor,
        *,
        noise_mode: NoiseMode = "const",
        noise: Sequence[int] | None = None,
        size: tuple[int, int] | None = None,
        quality: Quality = "film",
    ) -> Tensor:
        """[N, num_ws, W] -> about −1…1 [N, 3, H, W]. Another size is cut from the picture scaled to cover it."""
        w = w.to(self._mapping.w_avg)
        source = noise_source(noise_mode, noise, pictures=len(w))
        wants_gradient = torch.is_grad_enabled() and w.requires_grad
        # A preview's single picture may have all cores at once; its last bits then depend on their number.
        if w.device.type != "cpu" or wants_gradient or (len(w) == 1 and quality == "preview"):
            return fit(self._synthesis(w, source), size)
        pictures = w.new_empty(len(w), 3, *self.native_size)

        def draw(index: int) -> None:
            seeds = None if noise is None else noise[index : index + 1]
            pictures[index] = self._synthesis(w[index, None], noise_source(noise_mode, seeds, pictures=1))[0]

        share_out(range(len(w)), draw)
        return fit(pictures, size)

    def blended(self, other: Self, share: float) -> Self:
        """Independently trained networks have no weights in common to mix: mix their pictures."""
        raise NetworkError("Snapshots of StyleGAN2 are mixed by their pictures, not by their weights.")

    def to_json(self) -> dict[str, object]:
        """The settings, as stored beside the tensors."""
        return self.config.to_json()

    def tensors(self) -> dict[str, Tensor]:
        """The weights by the names they have in NVIDIA's files."""
        return {name.removeprefix("_"): tensor for name, tensor in self.state_dict().items()}

    @classmethod
    def from_tensors(
        cls, config: Mapping[str, object], tensors: Mapping[str, Tensor], *, device: torch.device, dtype: torch.dtype
    ) -> Self:
        """Build from a snapshot without filling the weights twice."""
        with torch.device("meta"):
            network = cls(StyleGan2Config.from_json(config))
        # Copied, because a product may round otherwise where its numbers lie otherwise in memory.
        held = {f"_{name}": tensor.to(device, dtype, copy=True) for name, tensor in tensors.items()}
        network.load_state_dict(held, strict=True, assign=True)
        return network.requires_grad_(False).eval()


def noise_source(mode: NoiseMode, seeds: Sequence[int] | None, *, pictures: int) -> NoiseSource:
    """Where layers get their noise. "random" comes from one CPU generator per picture, in layer order."""
    if mode == "none":
        return lambda _layer: None
    if mode == "const":
        return lambda layer: layer.noise_const
    if seeds is None or len(seeds) != pictures:
        raise NetworkError("Random noise needs one seed for each picture.")
    chances = [torch.Generator().manual_seed(seed) for seed in seeds]

    def fresh(layer: SynthesisLayer) -> Tensor:
        side = layer.noise_const.shape[-1]
        maps = torch.stack([torch.randn(1, side, side, generator=chance) for chance in chances])
        return maps.to(layer.noise_const)

    return fresh
