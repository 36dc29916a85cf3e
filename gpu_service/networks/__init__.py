"""The registry of networks. Importing it does not load torch."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpu_service.networks.base import Network

NETWORKS = {
    "stylegan2": "gpu_service.networks.stylegan2:StyleGan2",
    "stylegan3": "gpu_service.networks.stylegan3:StyleGan3",
    "cppn": "gpu_service.networks.cppn:Cppn",
}


class NetworkError(Exception):
    """Shown to the user as it stands."""


def find(kind: str) -> "type[Network]":
    """Import a kind of network when it is first asked for, because torch takes seconds to load."""
    if kind not in NETWORKS:
        raise NetworkError(f"There is no kind of network named {kind!r}. There are: {', '.join(NETWORKS)}.")
    module, _, class_name = NETWORKS[kind].partition(":")
    network: type[Network] = getattr(import_module(module), class_name)
    return network
