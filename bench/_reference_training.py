"""NVIDIA's networks and losses as a baseline of training, from a checkout that whoever runs the bench has."""

import importlib
from pathlib import Path
from typing import Any

import torch
from _plain_training import adam, scores
from _reference import checkout
from torch import Tensor

from gpu_service.networks.discriminator import Discriminator
from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.protocol.training import TrainingConfig

LIKE = 1e-3


class ReferenceTraining:
    """Their generator, discriminator and loss in float32; the loop around them does what theirs does at a step."""

    def __init__(
        self, config: TrainingConfig, folder: Path, generator: StyleGan2, discriminator: Discriminator
    ) -> None:
        self.config = config
        with checkout(folder):
            networks, loss = _module(folder, "training.networks"), _module(folder, "training.loss")
            self.g, self.d = _generator(networks, config), _discriminator(networks, config)
            _take(self.g, generator.tensors())
            _take(self.d, discriminator.tensors())
            for network in (self.g, self.d):
                network.train().requires_grad_(False)
            self.loss = loss.StyleGAN2Loss(
                device=torch.device("cpu"),
                G_mapping=self.g.mapping,
                G_synthesis=self.g.synthesis,
                D=self.d,
                style_mixing_prob=config.mixing,
                r1_gamma=config.gamma,
                pl_weight=config.path_weight,
            )
            self.average = [parameter.detach().clone() for parameter in self.g.parameters()]
            self.adam_g = adam(self.g.parameters(), config.g_rate, config.path_every if config.path_weight else None)
            self.adam_d = adam(self.d.parameters(), config.d_rate, config.r1_every if config.gamma else None)
            _compare(self.d, discriminator, config)
            # Their operators look for one another when they first run.
            self.step(0, torch.zeros(config.batch, 3, config.size, config.size, dtype=torch.uint8))

    def step(self, index: int, real: Tensor) -> None:
        """`real` uint8 [N, 3, R, R]"""
        config, pictures = self.config, real.float() / 127.5 - 1
        self._phase("Gmain", pictures, 1)
        if config.path_weight > 0 and index % config.path_every == 0:
            self._phase("Greg", pictures, config.path_every)
        self._phase("Dmain", pictures, 1)
        if config.gamma > 0 and index % config.r1_every == 0:
            self._phase("Dreg", pictures, config.r1_every)
        with torch.no_grad():
            for kept, new in zip(self.average, self.g.parameters(), strict=True):
                kept.lerp_(new, 0.002)

    def _phase(self, name: str, pictures: Tensor, gain: int) -> None:
        network, optimiser = (self.g, self.adam_g) if name.startswith("G") else (self.d, self.adam_d)
        nothing = torch.zeros(len(pictures), 0)
        z = torch.randn(len(pictures), self.config.z_dim)
        optimiser.zero_grad(set_to_none=True)
        network.requires_grad_(True)
        self.loss.accumulate_gradients(
            phase=name, real_img=pictures, real_c=nothing, gen_z=z, gen_c=nothing, sync=True, gain=gain
        )
        network.requires_grad_(False)
        for parameter in network.parameters():
            if parameter.grad is not None:
                torch.nan_to_num(parameter.grad, nan=0, posinf=1e5, neginf=-1e5, out=parameter.grad)
        optimiser.step()


def _module(folder: Path, name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SystemExit(f"{folder} holds no checkout with {name}: {error}") from error


def _generator(networks: Any, config: TrainingConfig) -> Any:
    maps = {"channel_base": config.channel_base, "channel_max": config.channel_max}
    return networks.Generator(
        z_dim=config.z_dim,
        c_dim=0,
        w_dim=config.w_dim,
        img_resolution=config.size,
        img_channels=3,
        mapping_kwargs={"num_layers": config.mapping_layers},
        synthesis_kwargs={**maps, "num_fp16_res": 0, "conv_clamp": config.conv_clamp},
    )


def _discriminator(networks: Any, config: TrainingConfig) -> Any:
    return networks.Discriminator(
        c_dim=0,
        img_resolution=config.size,
        img_channels=3,
        channel_base=config.d_channel_base,
        channel_max=config.d_channel_max,
        num_fp16_res=0,
        conv_clamp=config.conv_clamp,
        epilogue_kwargs={"mbstd_group_size": config.mbstd_group},
    )


def _take(network: Any, tensors: dict[str, Tensor]) -> None:
    missing, left = network.load_state_dict(dict(tensors), strict=False)
    if missing or left:
        raise SystemExit(f"The reference's tensors differ from ours: without {missing[:3]}, unknown {left[:3]}.")


@torch.no_grad()
def _compare(theirs: Any, ours: Discriminator, config: TrainingConfig) -> None:
    """The same pictures, one group of them, must be judged alike: then both train the same networks."""
    chance = torch.Generator().manual_seed(0)
    pictures = torch.rand(config.mbstd_group, 3, config.size, config.size, generator=chance) * 2 - 1
    judged = theirs(pictures, torch.zeros(len(pictures), 0)).flatten()
    wanted = scores(ours, pictures)
    if (judged - wanted).abs().max() > LIKE * max(float(wanted.abs().max()), 1.0):
        raise SystemExit(f"The reference's discriminator judges otherwise: {judged.tolist()}, not {wanted.tolist()}.")
