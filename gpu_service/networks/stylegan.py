"""What StyleGAN2 and StyleGAN3 share: a mapping, truncation, styles, and a snapshot that they are read from."""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Self

import torch
from torch import Tensor, nn

from gpu_service.networks import NetworkError
from gpu_service.networks.fast import Engine, Precision, Prepared
from gpu_service.networks.mapping import Dense, MappingNetwork, stack_styles, take_weights
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.networks.stylegan3_layout import StyleGan3Config

Config = StyleGan2Config | StyleGan3Config


class StyleGan(nn.Module):
    """A generator read from a snapshot. Gradients flow through it; its weights ask for none.

    Subclasses say how settings are read, and write `prepare`, `styles` and `synthesis`.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    config_type: ClassVar[type[Config]]
    family: str | None = None
    bending_sides: tuple[int, ...]
    bending_colours: tuple[int, ...]
    aspect: float | None = None

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.z_dim, self.w_dim, self.num_ws = config.z_dim, config.w_dim, config.num_ws
        self.num_classes = config.c_dim
        self.native_size = (config.resolution, config.resolution)
        self._settings = config.to_json()
        self._mapping = MappingNetwork(config)
        self.prepared = Prepared(self.prepare)

    def prepare(self, precision: Precision) -> Engine:
        """The fast form of its synthesis, weights packed."""
        raise NotImplementedError

    def styles(self) -> Iterator[tuple[int, Dense, bool]]:
        """Row of w, the layer that turns it into styles, and whether that layer only colours."""
        raise NotImplementedError

    def mapping(
        self,
        z: Tensor,
        *,
        truncation: float | Tensor = 1.0,
        truncation_end: int | None = None,
        labels: Tensor | None = None,
    ) -> Tensor:
        """[N, Z] -> [N, num_ws, W], drawn towards the mean w by `truncation` (0 = the mean, 1 = as it is).

        A network with labels that is given none draws its first class.
        """
        return self._mapping.to_rows(
            z, num_ws=self.num_ws, truncation=truncation, truncation_end=truncation_end, labels=labels
        )

    @property
    def has_average(self) -> bool:
        """Whether the file held an average w."""
        return self._mapping.w_avg is not None

    def average_w(self) -> Tensor:
        """The w that truncation draws towards. [W]"""
        return self._mapping.average()

    def style_weights(self, rows: range | None = None) -> Tensor:
        """The style layers that read those rows of w, stacked. [outputs, W]"""
        return stack_styles(self.styles(), rows, w_dim=self.w_dim)

    def blended(self, other: Self, share: float) -> Self:
        """Independently trained networks have no weights in common to mix: mix their pictures."""
        raise NetworkError(f"Snapshots of {self.title} are mixed by their pictures, not by their weights.")

    def to_json(self) -> dict[str, object]:
        """The settings, as stored beside the tensors."""
        return dict(self._settings)

    def tensors(self) -> dict[str, Tensor]:
        """The weights by the names they have in NVIDIA's files."""
        return {name.removeprefix("_"): tensor for name, tensor in self.state_dict().items()}

    @classmethod
    def from_tensors(
        cls, config: Mapping[str, object], tensors: Mapping[str, Tensor], *, device: torch.device, dtype: torch.dtype
    ) -> Self:
        """Build from a snapshot without filling the weights twice."""
        with torch.device("meta"):
            network = cls(cls.config_type.from_json(config))
        take_weights(network, network._mapping, tensors, device=device, dtype=dtype)
        return network
