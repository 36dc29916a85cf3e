"""A small encoder from pictures to w, trained on what the snapshot itself draws: as many pairs as one likes.

It only says where a search begins. Its weights stay in the work folder, so that going on trains nothing twice.
"""

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from gpu_service.projection.easel import Easel
from gpu_service.projection.quick import Guess
from gpu_service.projection.telling import Saying
from gpu_service.projection.writing import settle
from gpu_service.protocol.projection import ProjectionNote

LARGEST_SEEN_PX, SMALLEST_MAP_PX, FIRST_WIDTH = 64, 4, 32
PAIRS, BATCH, RATE = 4096, 32, 2e-3
# Samples are drawn towards the mean, where the film's frames are likelier to lie.
REACH = (0.4, 1.0)
FILE = "encoder.safetensors"


class Encoder(nn.Module):
    """Pictures to w, in standard deviations from the mean."""

    def __init__(self, w_dim: int, side: int) -> None:
        super().__init__()
        self.seen_px = min(side, LARGEST_SEEN_PX)
        layers: list[nn.Module] = []
        inputs, width, side = 3, FIRST_WIDTH, self.seen_px
        while side > SMALLEST_MAP_PX:
            layers += [nn.Conv2d(inputs, width, 3, stride=2, padding=1), nn.GroupNorm(8, width), nn.LeakyReLU(0.2)]
            inputs, width, side = width, 2 * width, side // 2
        self.body = nn.Sequential(*layers, nn.Flatten(), nn.Linear(inputs * side * side, w_dim))

    def forward(self, pictures: Tensor) -> Tensor:
        """About −1…1 [n, 3, S, S] -> [n, W]"""
        small = functional.interpolate(pictures, size=(self.seen_px, self.seen_px), mode="bilinear", antialias=True)
        guessed: Tensor = self.body(small.clamp(-1, 1))
        return guessed


def trained_encoder(
    easel: Easel, *, folder: Path, seed: int, say: Callable[[Saying], None], pairs: int = PAIRS
) -> Guess:
    """Train one, or take the one that lies there. -> pictures to w, [n, 3, R, R] -> [n, W]"""
    spread = easel.spread
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder = Encoder(easel.w_dim, easel.side).to(easel.device)
    kept = folder / FILE
    if kept.exists():
        encoder.load_state_dict(load_file(kept, device=str(easel.device)))
    else:
        error = _train(encoder, easel, seed=seed, pairs=pairs)
        partial = kept.with_name(f".{FILE}.part")
        save_file(encoder.state_dict(), partial)
        settle(partial, kept)
        say(ProjectionNote(text=f"An encoder was trained on {pairs:,} pictures; its guesses explain {1 - error:.0%}."))
    encoder.requires_grad_(False).eval()

    def guess(targets: Tensor) -> Tensor:
        return spread.mean + spread.each * encoder(targets)

    return guess


def _train(encoder: Encoder, easel: Easel, *, seed: int, pairs: int) -> float:
    """-> share of the variance of w that was left at the end, over the last batches"""
    spread, steps = easel.spread, max(pairs // BATCH, 1)
    adam = torch.optim.Adam(encoder.parameters(), lr=RATE)
    fall = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)
    reach = torch.rand(pairs, 1, generator=torch.Generator().manual_seed(seed)).to(easel.device)
    w = easel.samples(pairs, seed=seed)
    w = spread.mean + (w - spread.mean) * (REACH[0] + (REACH[1] - REACH[0]) * reach)
    left = []
    for step in range(steps):
        rows = w[step * BATCH : (step + 1) * BATCH]
        with torch.no_grad():
            pictures = easel.paint(rows, easel.own_noise)
        wanted = (rows - spread.mean) / spread.each
        error = functional.mse_loss(encoder(pictures), wanted)
        adam.zero_grad(set_to_none=True)
        error.backward()
        adam.step()
        fall.step()
        left.append(float(error.detach() / wanted.square().mean()))
    last = left[-max(len(left) // 10, 1) :]
    return sum(last) / len(last)
