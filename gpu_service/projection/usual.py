"""How usual a w is: where the network's own samples lie, and how far from there it strayed.

What pixels alone ask for may lie where the network never learnt to draw. Before the last leaky ReLU of the mapping the
samples are nearly normal (Zhu et al., “Improved StyleGAN Embedding”, 2020, the space P), so that the distance there, in
standard deviations along their own axes, says how usual a w is; PULSE (Menon et al. 2020) held its search by the like.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

# The mapping ends in a leaky ReLU of slope 0.2; this undoes it, but for a factor.
UNDONE = 5.0
# Of the widest axis: along narrower ones samples hardly differ, and nothing is gained by holding w tighter still.
NARROWEST_SHARE = 1e-3


@dataclass(frozen=True)
class Usual:
    """`mean` [W] of samples in P; `whitening` [W, W] brings what is left to a standard deviation of 1 on each axis."""

    mean: Tensor
    whitening: Tensor

    def strayed(self, w: Tensor) -> Tensor:
        """Mean square over the axes: about 1 for a sample, 0 at their mean; of W+ the mean over its rows.

        [n, W] or [n, num_ws, W] -> [n]
        """
        along = (functional.leaky_relu(w, UNDONE) - self.mean) @ self.whitening
        return along.square().flatten(1).mean(dim=1)


def usual_of(samples: Tensor) -> Usual:
    """Of w of random vectors, [many, W]."""
    spread = functional.leaky_relu(samples.double(), UNDONE)
    mean = spread.mean(dim=0)
    variances, axes = torch.linalg.eigh(torch.cov((spread - mean).T))
    widths = variances.clamp(min=float(variances[-1]) * NARROWEST_SHARE).sqrt()
    return Usual(mean.float(), (axes / widths).float())
