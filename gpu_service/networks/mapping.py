"""From z to w: the mapping network that StyleGAN2 and StyleGAN3 share, and the average w."""

from collections.abc import Iterable, Mapping

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from gpu_service.networks import NetworkError
from gpu_service.networks.crew import on_one_core, share_out
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.networks.stylegan3_layout import StyleGan3Config

MAPPING_RATE = 0.01
# NVIDIA's projector finds its average the same way.
AVERAGE_SAMPLES, AVERAGE_SEED, AVERAGE_CHUNK = 10_000, 123, 500


def normalise(x: Tensor) -> Tensor:
    """Bring each vector to rms 1. [N, C] -> [N, C]"""
    return x * torch.rsqrt(x.square().mean(dim=1, keepdim=True) + 1e-8)


class Dense(nn.Module):
    """A fully connected layer with an equalised learning rate: the stored numbers are scaled when used."""

    def __init__(self, inputs: int, outputs: int, *, rate: float = 1.0, curved: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs))
        self.bias = nn.Parameter(torch.empty(outputs))
        self.gain, self.rate, self.curved = rate / inputs**0.5, rate, curved

    def forward(self, x: Tensor) -> Tensor:
        """[N, inputs] -> [N, outputs]"""
        y = torch.addmm(self.bias * self.rate, x, self.weight.T * self.gain)
        return functional.leaky_relu(y, 0.2) * 2**0.5 if self.curved else y


class MappingNetwork(nn.Module):
    """z (and a label) to w. `w_avg` is None where the file held no average."""

    w_avg: Tensor | None

    def __init__(self, config: StyleGan2Config | StyleGan3Config) -> None:
        super().__init__()
        self.register_buffer("w_avg", torch.empty(config.w_dim))
        self.z_dim, self.w_dim, self.num_classes = config.z_dim, config.w_dim, config.c_dim
        self.count = config.mapping_layers
        self.sampled: Tensor | None = None
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

    def to_rows(
        self, z: Tensor, *, num_ws: int, truncation: float | Tensor, truncation_end: int | None, labels: Tensor | None
    ) -> Tensor:
        """[N, Z] -> [N, num_ws, W], rows below `truncation_end` drawn towards the average w. Raises NetworkError."""
        like = next(self.parameters())
        if z.ndim != 2 or z.shape[1] != self.z_dim:
            raise NetworkError(f"This network takes {self.z_dim} numbers for each picture, not {_times(z.shape[1:])}.")
        w = self._map(z.to(like), self._labels(labels, count=len(z), like=like))
        strength = torch.as_tensor(truncation, dtype=w.dtype, device=w.device).expand(len(w))[:, None]
        rows = w[:, None].repeat(1, num_ws, 1)
        if (strength != 1).any():
            rows[:, :truncation_end] = torch.lerp(self.average().expand_as(w), w, strength)[:, None]
        return rows

    def average(self) -> Tensor:
        """The mean of w over z and classes: the file's, or found once from samples that are always the same. [W]"""
        if self.w_avg is not None:
            return self.w_avg
        if self.sampled is None:
            self.sampled = on_one_core(self._sample_average)
        return self.sampled

    @torch.inference_mode(False)  # what is kept may be needed where gradients are wanted
    @torch.no_grad()
    def _sample_average(self) -> Tensor:
        chance, like = np.random.RandomState(AVERAGE_SEED), next(self.parameters())
        total = torch.zeros(self.w_dim, dtype=torch.float64)
        for start in range(0, AVERAGE_SAMPLES, AVERAGE_CHUNK):
            z = torch.from_numpy(chance.randn(AVERAGE_CHUNK, self.z_dim)).to(like)
            labels = None
            if self.num_classes:  # each class in turn
                labels = functional.one_hot((start + torch.arange(AVERAGE_CHUNK)) % self.num_classes, self.num_classes)
            w = self(z, None if labels is None else labels.to(like))
            total += w.double().sum(dim=0).cpu()
        return (total / AVERAGE_SAMPLES).to(like)

    def _labels(self, labels: Tensor | None, *, count: int, like: Tensor) -> Tensor | None:
        """One-hot labels, the first class where none are given. None for a network without classes."""
        if not self.num_classes:
            if labels is not None and labels.numel():
                raise NetworkError("This network has no classes.")
            return None
        if labels is None:
            labels = torch.eye(self.num_classes)[:1].expand(count, -1)
        if labels.shape != (count, self.num_classes):
            raise NetworkError(f"This network takes {self.num_classes} labels for each picture.")
        return labels.to(like)

    def _map(self, z: Tensor, labels: Tensor | None) -> Tensor:
        """[N, Z] -> [N, W]; on the CPU row by row, because a product of many rows may round otherwise."""
        if z.device.type != "cpu" or (torch.is_grad_enabled() and z.requires_grad) or len(z) == 0:
            mapped: Tensor = self(z, labels)
            return mapped
        w = z.new_empty(len(z), self.w_dim)

        def map_row(row: int) -> None:
            w[row] = self(z[row, None], None if labels is None else labels[row, None])[0]

        share_out(range(len(z)), map_row)
        return w


def check_rows(w: Tensor, *, num_ws: int, w_dim: int) -> None:
    """Refuse w rows of another network. Raises NetworkError."""
    if w.ndim != 3 or w.shape[1:] != (num_ws, w_dim):
        raise NetworkError(
            f"This network reads {num_ws} rows of {w_dim} numbers for each picture, not {_times(w.shape[1:])}."
        )


def stack_styles(layers: Iterable[tuple[int, Dense, bool]], rows: range | None, *, w_dim: int) -> Tensor:
    """Weights of those (row of w, style layer, only colours) that read `rows`. [outputs, W]"""
    read: list[tuple[Tensor, bool]] = [
        (layer.weight, colours) for row, layer, colours in layers if rows is None or row in rows
    ]
    chosen = [weight for weight, colours in read if not colours] or [weight for weight, _colours in read]
    return torch.cat(chosen).detach() if chosen else torch.empty(0, w_dim)


def take_weights(
    network: nn.Module,
    mapping: MappingNetwork,
    tensors: Mapping[str, Tensor],
    *,
    device: torch.device,
    dtype: torch.dtype,
) -> None:
    """Give a network on the device "meta" its weights. Names and shapes have been checked; w_avg may be absent."""
    if "mapping.w_avg" not in tensors:
        mapping.register_buffer("w_avg", None)
    # Copied, because a product may round otherwise where its numbers lie otherwise in memory.
    held = {f"_{name}": tensor.to(device, dtype, copy=True) for name, tensor in tensors.items()}
    network.load_state_dict(held, strict=True, assign=True)
    network.requires_grad_(False).eval()


def _times(shape: torch.Size) -> str:
    return " × ".join(map(str, shape)) or "one number"
