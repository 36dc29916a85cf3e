"""StyleGAN3, configurations T and R: mapping, truncation, an input that a camera moves, synthesis in plain float32.

Whoever takes a way (see `fast`) gets the same pictures faster.

On the CPU each picture is drawn by itself, a core to a picture, and its bits depend on no other. On a GPU a batch is
drawn at once. Styles are normalised picture by picture, not over the batch, so pictures agree there too.
"""

from collections.abc import Iterator, Sequence

from torch import Tensor, nn

from gpu_service.networks import NetworkError
from gpu_service.networks.base import NoiseMode, Quality, fit
from gpu_service.networks.crew import draw_alone
from gpu_service.networks.fast import Engine, Precision
from gpu_service.networks.fast_stylegan3 import FastSynthesis3
from gpu_service.networks.hooks import Bending, NoiseMaps
from gpu_service.networks.mapping import Dense, check_rows
from gpu_service.networks.stylegan import StyleGan
from gpu_service.networks.stylegan3_layers import FourierInput, SynthesisLayer
from gpu_service.networks.stylegan3_layout import StyleGan3Config, layer_plans


class SynthesisNetwork(nn.Module):
    """w to pictures: waves, then layers of rising bandwidth."""

    def __init__(self, config: StyleGan3Config) -> None:
        super().__init__()
        self.input = FourierInput(
            channels=config.channels(0),
            w_dim=config.w_dim,
            size=config.size(0),
            rate=config.rate(0),
            cutoff=config.cutoff(0),
        )
        self.names = [plan.name for plan in layer_plans(config)]
        self.output_scale = config.output_scale
        for plan in layer_plans(config):
            setattr(self, plan.name, SynthesisLayer(plan, w_dim=config.w_dim, clamp=config.conv_clamp))

    def layers(self) -> list[SynthesisLayer]:
        """In order, the colour layer last. Layer i reads row i + 1 of w; the input reads row 0."""
        return [getattr(self, name) for name in self.names]

    def forward(self, w: Tensor, camera: Tensor | None, bending: Bending | None = None) -> Tensor:
        """[N, num_ws, W], [N or 1, 3, 3] -> [N, 3, R, R]"""
        x: Tensor = self.input(w[:, 0], camera)
        for row, layer in enumerate(self.layers(), start=1):
            x = layer(x, w[:, row])
            if bending is not None and not layer.plan.is_torgb and bending.acts("features", row - 1):
                x = bending.bend(x, "features", row - 1)
        x = x * self.output_scale
        last = len(self.names) - 2
        return bending.bend(x, "rgb", last) if bending is not None and bending.acts("rgb", last) else x

    def styles(self) -> Iterator[tuple[int, Dense, bool]]:
        """Row of w, the layer that turns it into styles, and whether that layer only colours."""
        for row, layer in enumerate(self.layers(), start=1):
            yield row, layer.affine, layer.plan.is_torgb


class StyleGan3(StyleGan):
    """A generator of StyleGAN3's."""

    kind, title, config_type = "stylegan3", "StyleGAN3", StyleGan3Config

    def __init__(self, config: StyleGan3Config) -> None:
        super().__init__(config)
        self.config = config
        self._synthesis = SynthesisNetwork(config)
        # Colour is made once, at the end, and bent there.
        self.bending_sides = tuple(plan.out_size for plan in layer_plans(config) if not plan.is_torgb)
        self.bending_colours = (len(self.bending_sides) - 1,)

    def prepare(self, precision: Precision) -> Engine:
        """The fast form of its synthesis, weights packed."""
        net = self._synthesis
        return FastSynthesis3(net.input, net.layers(), precision, output_scale=net.output_scale)

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

        `transform` comes before the file's own, see `camera`. There is no noise.
        """
        check_rows(w, num_ws=self.num_ws, w_dim=self.w_dim)
        w = w.to(next(self._synthesis.parameters()))
        cameras = _cameras(transform, pictures=len(w), like=w)
        synthesis = self.prepared.engine(w) or self._synthesis

        def draw(chosen: slice) -> Tensor:
            camera = None if cameras is None else cameras[chosen]
            picture: Tensor = synthesis(w[chosen], camera, None if bending is None else bending.of(chosen))
            return picture

        pictures = draw_alone(w, draw, side=self.native_size[0], is_preview=quality == "preview")
        return fit(pictures, size, self.aspect)


def _cameras(transform: Tensor | None, *, pictures: int, like: Tensor) -> Tensor | None:
    """One camera for each picture, [N, 3, 3]. Raises NetworkError for what is none."""
    if transform is None:
        return None
    if transform.shape not in ((3, 3), (pictures, 3, 3)):
        raise NetworkError("A camera is a matrix of 3 × 3, one for all pictures or one for each.")
    return transform.to(like).expand(pictures, 3, 3)
