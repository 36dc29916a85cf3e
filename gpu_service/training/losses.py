"""The losses of StyleGAN2 and StyleGAN3, for each picture.

Logistic, non-saturating: Goodfellow et al. 2014. R1: Mescheder et al. 2018. Path length: Karras et al. 2020.
"""

import torch
from torch import Tensor
from torch.nn import functional

PATH_DECAY = 0.01


def generator_loss(fake_scores: Tensor) -> Tensor:
    """Small where the discriminator takes made-up pictures for real. [n] -> [n]"""
    return functional.softplus(-fake_scores)


def discriminator_loss(fake_scores: Tensor, real_scores: Tensor) -> Tensor:
    """Small where both are told apart. [n], [n] -> [n]"""
    return functional.softplus(fake_scores) + functional.softplus(-real_scores)


def r1_penalty(real_scores: Tensor, pictures: Tensor) -> Tensor:
    """The squared slope of the scores at the real pictures, without its weight γ/2. [n], [n, 3, R, R] -> [n]"""
    (slope,) = torch.autograd.grad(real_scores.sum(), pictures, create_graph=True)
    return slope.square().sum(dim=(1, 2, 3))


def path_lengths(pictures: Tensor, w: Tensor, noise: Tensor) -> Tensor:
    """How far the pictures move for a small step in w, along a direction of chance.

    Pictures [n, 3, R, R] made from w [n, num_ws, W], `noise` ~ N(0, 1) like the pictures -> [n]
    """
    direction = noise / (pictures.shape[2] * pictures.shape[3]) ** 0.5
    (slope,) = torch.autograd.grad((pictures * direction).sum(), w, create_graph=True)
    return slope.square().sum(dim=2).mean(dim=1).sqrt()


def path_penalty(lengths: Tensor, mean: Tensor) -> Tensor:
    """How far the lengths are from what they were on average. [n], [] -> [n]"""
    return (lengths - mean).square()
