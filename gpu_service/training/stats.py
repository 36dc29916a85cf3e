"""What a step tells, without making the device wait."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class StepStats:
    """Means over the batch, as tensors of one number until somebody reads them. None: not in this step.

    `sign_…` and `score_…` are of the discriminator's scores of real and of made-up pictures.
    """

    loss_g: Tensor
    loss_d: Tensor
    r1: Tensor | None
    path: Tensor | None
    sign_real: Tensor
    sign_fake: Tensor
    score_real: Tensor
    score_fake: Tensor
    p: float
    ema_beta: float
