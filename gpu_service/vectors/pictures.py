"""Pictures of vectors: one look for all of them, batches, sheets."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from gpu_service.networks.base import Network, Quality, fit, to_uint8
from gpu_service.networks.camera import look_transform
from gpu_service.networks.crew import share_out
from gpu_service.protocol import Look

BATCH = {"cpu": 8, "cuda": 16}
# These draw at any size; the others at their own, to be fitted afterwards.
ANY_SIZE = ("cppn",)


@torch.inference_mode()
def draw(
    network: Network,
    w: np.ndarray,
    *,
    look: Look | Sequence[Look] = Look(),
    size: tuple[int, int] | None,
    quality: Quality = "film",
) -> Tensor:
    """w [N, num_ws, w_dim] -> uint8 [N, 3, height, width] on the CPU. No size: the network's own.

    Noise “random” is one map for all pictures, made from the look's seed: another seed is another grain, and it stands
    still while the vector moves. Several looks, one a picture, may differ in strength and camera.
    """
    first = look if isinstance(look, Look) else look[0]
    drawn = network.synthesis(
        torch.from_numpy(w),
        noise_mode=first.noise,
        noise=[first.noise_seed] * len(w) if first.noise == "random" else None,
        noise_strength=first.noise_strength if isinstance(look, Look) else strengths(look),
        transform=camera(look) if isinstance(look, Look) else cameras(look),
        size=size if network.kind in ANY_SIZE else None,
        quality=quality,
    )
    return finished(drawn, size, network.aspect)


def camera(look: Look) -> Tensor | None:
    """Where the look's camera stands, [3, 3]; None: where it always stands."""
    return look_transform(pan_x=look.pan_x, pan_y=look.pan_y, turn=look.turn, zoom=look.zoom)


def cameras(looks: Sequence[Look]) -> Tensor:
    """The same of each picture. [N, 3, 3]"""
    found = [camera(look) for look in looks]
    return torch.stack([torch.eye(3) if place is None else place for place in found])


def strengths(looks: Sequence[Look]) -> Tensor:
    """Of the noise of each picture. [N]"""
    return torch.tensor([look.noise_strength for look in looks], dtype=torch.float64)


def finished(drawn: Tensor, size: tuple[int, int] | None, aspect: float | None = None) -> Tensor:
    """Fitted, and in 8 bits on the CPU, where each picture is finished on a core of its own."""
    if drawn.device.type != "cpu":
        return to_uint8(fit(drawn.float(), size, aspect)).cpu()
    made = torch.empty(len(drawn), 3, *(size or drawn.shape[-2:]), dtype=torch.uint8)

    def finish(index: int) -> None:
        made[index] = to_uint8(fit(drawn[index, None].float(), size, aspect))[0]

    share_out(range(len(drawn)), finish)
    return made


def draw_batches(
    network: Network, w: np.ndarray, *, look: Look, size: tuple[int, int] | None, quality: Quality = "film"
) -> Iterator[Tensor]:
    """The same in pieces that fit into memory, in order."""
    batch = BATCH.get(device_type(network), 8)
    for start in range(0, len(w), batch):
        yield draw(network, w[start : start + batch], look=look, size=size, quality=quality)


def small_batch(network: Network) -> int:
    """As many as are drawn about as fast as one: a picture to a core, a handful on a GPU."""
    return torch.get_num_threads() if device_type(network) == "cpu" else 4


def device_type(network: Network) -> str:
    return next(iter(network.tensors().values())).device.type


class Sheet:
    """Pictures side by side, row by row from the top left; places without a picture are black."""

    def __init__(self, count: int, *, columns: int, tile: int) -> None:
        self.columns, self.tile, self.count = columns, tile, count
        height = -(-count // columns) * tile
        self.pixels = np.zeros((3, height, columns * tile), np.uint8)

    def put(self, place: int, picture: np.ndarray) -> None:
        """uint8 [3, tile, tile]"""
        top, left = place // self.columns * self.tile, place % self.columns * self.tile
        self.pixels[:, top : top + self.tile, left : left + self.tile] = picture

    def draw(
        self,
        network: Network,
        w: np.ndarray,
        *,
        places: Sequence[int],
        look: Look,
        quality: Quality = "film",
        report: Callable[[int], None] = lambda _count: None,
    ) -> None:
        """Draw w [N, num_ws, w_dim] into those places. `report` hears how many were drawn just now."""
        waiting = iter(places)
        for drawn in draw_batches(network, w, look=look, size=(self.tile, self.tile), quality=quality):
            for picture in drawn.numpy():
                self.put(next(waiting), picture)
            report(len(drawn))
