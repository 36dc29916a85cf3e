"""StyleGAN2: mapping, truncation, synthesis, in plain float32 arithmetic; or fast, see `fast`, by whoever takes a way.

On the CPU each picture is drawn by itself, a core to a picture, and its bits depend on no other. On a GPU a batch is
drawn at once: pictures agree to about 1e-5 of their spread with those drawn alone, so a film fixes its batch size.
"""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from gpu_service.networks import NetworkError
from gpu_service.networks.base import NoiseMode, Quality, fit
from gpu_service.networks.crew import draw_alone
from gpu_service.networks.fast import Engine, Precision
from gpu_service.networks.fast_stylegan2 import FastSynthesis2
from gpu_service.networks.hooks import Bending, NoiseMaps
from gpu_service.networks.mapping import Dense, check_rows
from gpu_service.networks.stylegan import StyleGan
from gpu_service.networks.stylegan2_layers import Block, NoiseSource, SynthesisLayer
from gpu_service.networks.stylegan2_layout import StyleGan2Config


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

    def blocks(self) -> Iterator[tuple[int, Block]]:
        """Each block and the first row of w that it reads; its last row is the next one's first."""
        row = 0
        for resolution in self.resolutions:
            block: Block = getattr(self, f"b{resolution}")
            yield row, block
            row += block.layers

    def forward(self, w: Tensor, noise: NoiseSource, bending: Bending | None = None) -> Tensor:
        """[N, num_ws, W] -> [N, 3, R, R]"""
        x: Tensor | None = None
        rgb: Tensor | None = None
        for place, (row, block) in enumerate(self.blocks()):
            bent = None if bending is None else (bending, place)
            x, rgb = block(x, rgb, w[:, row : row + block.layers + 1], noise, bent)
        assert rgb is not None
        return rgb

    def styles(self) -> Iterator[tuple[int, Dense, bool]]:
        """Row of w, the layer that turns it into styles, and whether that layer only colours."""
        for row, block in self.blocks():
            for step, layer in enumerate(block.convolutions()):
                yield row + step, layer.affine, False
            yield row + block.layers, block.torgb.affine, True


class StyleGan2(StyleGan):
    """A generator of StyleGAN2's."""

    kind, title, config_type = "stylegan2", "StyleGAN2", StyleGan2Config

    def __init__(self, config: StyleGan2Config) -> None:
        super().__init__(config)
        self.config = config
        self._synthesis = SynthesisNetwork(config)
        self.bending_sides = tuple(config.resolutions)
        self.bending_colours = tuple(range(len(self.bending_sides)))

    def prepare(self, precision: Precision) -> Engine:
        """The fast form of its synthesis, weights packed."""
        return FastSynthesis2([block for _, block in self._synthesis.blocks()], precision)

    def styles(self) -> Iterator[tuple[int, Dense, bool]]:
        """Row of w, the layer that turns it into styles, and whether that layer only colours."""
        return self._synthesis.styles()

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
        """[N, num_ws, W] -> about −1…1 [N, 3, H, W]. Another size is cut from the picture scaled to cover it.

        There is no input to move: `transform` changes nothing.
        """
        check_rows(w, num_ws=self.num_ws, w_dim=self.w_dim)
        w = w.to(next(self._synthesis.parameters()))
        check_noise(noise_mode, noise, pictures=len(w))
        strengths = per_picture(noise_strength, like=w)

        synthesis = self.prepared.engine(w) or self._synthesis

        def draw(chosen: slice) -> Tensor:
            rain = noise_source(noise_mode, noise, chosen, None if strengths is None else strengths[chosen])
            picture: Tensor = synthesis(w[chosen], rain, None if bending is None else bending.of(chosen))
            return picture

        pictures = draw_alone(w, draw, side=self.native_size[0], is_preview=quality == "preview")
        return fit(pictures, size, self.aspect)


def check_noise(mode: NoiseMode, noise: Sequence[int] | NoiseMaps | None, *, pictures: int) -> None:
    """Raise NetworkError where `noise` is not what the mode reads."""
    if mode == "random" and (not isinstance(noise, Sequence) or len(noise) != pictures):
        raise NetworkError("Random noise needs one seed for each picture.")
    if mode == "maps" and not callable(noise):
        raise NetworkError("Noise of one's own needs maps.")


def per_picture(strength: float | Tensor, *, like: Tensor) -> Tensor | None:
    """One factor for each row of `like`, [N], or None where it is 1."""
    if not isinstance(strength, Tensor) and strength == 1:
        return None
    return torch.as_tensor(strength, dtype=like.dtype, device=like.device).expand(len(like))


def noise_source(
    mode: NoiseMode, noise: Sequence[int] | NoiseMaps | None, chosen: slice, strengths: Tensor | None
) -> NoiseSource:
    """Where layers get their noise. "random" comes from one CPU generator per picture, in layer order."""
    factor = None if strengths is None else strengths[:, None, None, None]
    if mode == "none":
        return lambda _layer: None
    if mode == "const":
        return lambda layer: layer.noise_const if factor is None else layer.noise_const * factor
    if callable(noise):
        return _given(noise, chosen, factor)
    assert noise is not None
    chances = [torch.Generator().manual_seed(seed) for seed in noise[chosen]]

    def fresh(layer: SynthesisLayer) -> Tensor:
        side = layer.noise_const.shape[-1]
        maps = torch.stack([torch.randn(1, side, side, generator=chance) for chance in chances])
        maps = maps.to(layer.noise_const)
        return maps if factor is None else maps * factor

    return fresh


def _given(noise: NoiseMaps, chosen: slice, factor: Tensor | None) -> NoiseSource:
    """Maps that somebody made, asked for once per size: two layers share it."""
    made: dict[int, Tensor] = {}

    def given(layer: SynthesisLayer) -> Tensor:
        side = layer.noise_const.shape[-1]
        if side not in made:
            maps = noise(side, chosen).to(layer.noise_const)
            made[side] = maps if factor is None else maps * factor
        return made[side]

    return given
