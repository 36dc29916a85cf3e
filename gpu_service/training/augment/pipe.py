"""Adaptive discriminator augmentation: pictures changed in many ways, each with probability p, before they are judged.

Karras et al., “Training Generative Adversarial Networks with Limited Data”, 2020, appendix B. What happens to one
picture does not depend on those beside it. Where nothing happens, a picture comes back to the bit.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from gpu_service.protocol.training import Pipe
from gpu_service.training.augment import colour, damage, frequencies, geometry, warp
from gpu_service.training.augment.draws import BANDS, Draws
from gpu_service.training.augment.wavelets import SYM6, filter_bank

BLIT, GEOM, COLOR = geometry.BLITS, geometry.MOVES, tuple(colour.MATRICES)
PIPES: dict[Pipe, tuple[str, ...]] = {
    "blit": BLIT,
    "geom": GEOM,
    "color": COLOR,
    "filter": ("filter",),
    "noise": ("noise",),
    "cutout": ("cutout",),
    "bg": (*BLIT, *GEOM),
    "bgc": (*BLIT, *GEOM, *COLOR),
    "bgcf": (*BLIT, *GEOM, *COLOR, "filter"),
    "bgcfn": (*BLIT, *GEOM, *COLOR, "filter", "noise"),
    "bgcfnc": (*BLIT, *GEOM, *COLOR, "filter", "noise", "cutout"),
}


class Augment:
    """One pipe: `Augment("bgc")(images, p, draw(len(images), chance))`."""

    def __init__(self, pipe: Pipe) -> None:
        self.kinds = frozenset(PIPES[pipe])

    def __call__(self, images: Tensor, p: Tensor | float, draws: Draws) -> Tensor:
        """[n, 3, S, S] about −1…1, float32 or float64, differentiable twice. p = 0 gives back `images` itself.

        p may be above 1: then everything happens that can.
        """
        if images.device.type == "cpu" and float(p) <= 0:
            return images
        if images.shape[-1] != images.shape[-2] or len(draws) != len(images):
            raise ValueError(f"Square pictures and as many draws: {tuple(images.shape)}, {len(draws)} draws.")
        with torch.autocast(images.device.type, enabled=False):
            kept = images if images.dtype == torch.float64 else images.float()
            # Matrices in float64: of the sort that GPUs shorten in float32, and nothing beside the pictures.
            draws = draws.to(kept.device, torch.float64)
            kept = self._move(kept, p, draws)
            if self.kinds & set(COLOR):
                kept = colour.paint(kept, colour.colours(draws, p, self.kinds).to(kept))
            if "filter" in self.kinds:
                is_touched = torch.stack([draws.happens(f"filter_{band}", p) for band in range(BANDS)]).any(dim=0)
                loudness = frequencies.gains(draws, p).to(kept)
                kept = _where(is_touched, kept, loudness, frequencies.turn_up)
            if "noise" in self.kinds:
                kept = damage.add_noise(kept, damage.noise_strengths(draws, p), draws.seeds)
            return damage.cut_out(kept, draws, p) if "cutout" in self.kinds else kept

    def _move(self, images: Tensor, p: Tensor | float, draws: Draws) -> Tensor:
        """Everything about places in one go; filtered only for whom pixels do not stay pixels."""
        if not self.kinds & {*BLIT, *GEOM}:
            return images
        copied = geometry.blits(draws, p, self.kinds, images.shape[-1])
        if not self.kinds & set(GEOM):
            return warp.copy(images, copied)
        moved, is_moved = geometry.moves(draws, p, self.kinds, images.shape[-1])
        is_copied = ~is_moved & (copied != torch.eye(3).to(copied)).flatten(1).any(dim=1)
        images = _where(is_copied, images, copied, warp.copy)
        return _where(is_moved, images, copied @ moved, warp.move)

    def tensors(self, p: float) -> dict[str, Tensor]:
        """State as training files of others hold it: strength, and both filters with sum 1."""
        return {
            "p": torch.tensor(p, dtype=torch.float32),
            "Hz_geom": torch.from_numpy(SYM6 / SYM6.sum()).float(),
            "Hz_fbank": torch.from_numpy(filter_bank()).float(),
        }


def _where(chosen: Tensor, images: Tensor, numbers: Tensor, change: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """`change(images, numbers)` for the chosen ones. A GPU changes all, so that it need not be asked who they are."""
    if images.device.type != "cpu":
        return torch.where(chosen[:, None, None, None], change(images, numbers), images)
    rows = chosen.nonzero()[:, 0]
    if len(rows) == 0:
        return images
    if len(rows) == len(images):
        return change(images, numbers)
    return images.index_copy(0, rows, change(images[rows], numbers[rows]))
