"""Drawing on several cores: pieces of work go to threads, and every operation stays on the core of its thread.

OpenMP would share each small operation among the cores and make them wait for one another some hundred times a frame;
with another program on one core that wait took a hundred times the work. It also keeps the bits: no sum is ever split.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch
from torch import Tensor

from gpu_service.cores import settled_threads

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")


def share_out(pieces: Sequence[Piece], work: Callable[[Piece], object]) -> None:
    """Do `work` on every piece, on as many threads as torch may use here. Pieces must not touch one another."""
    threads = torch.get_num_threads()
    waiting = iter(list(pieces))  # a list's iterator hands each piece to one thread only
    inference = torch.is_inference_mode_enabled()

    def pull() -> None:
        # Modes belong to a thread, and a picture made in inference mode can be written in no other.
        with torch.inference_mode(inference), torch.no_grad():
            for piece in waiting:
                work(piece)

    if threads == 1:
        pull()
        return
    helpers = [_crew(threads).submit(pull) for _ in range(min(threads, len(pieces)))]
    for helper in helpers:
        helper.result()


def draw_alone(w: Tensor, draw: Callable[[slice], Tensor], *, side: int, is_preview: bool) -> Tensor:
    """Draw pictures from rows of `w`, [N, 3, side, side]: on the CPU each by itself, on one core, whatever its company.

    A preview's single picture may have all cores at once; its last bits then depend on their number. A GPU, and
    whoever wants gradients, draws the batch at once.
    """
    wants_gradient = torch.is_grad_enabled() and w.requires_grad
    if w.device.type != "cpu" or wants_gradient or (len(w) == 1 and is_preview):
        return draw(slice(None))
    pictures = w.new_empty(len(w), 3, side, side)

    def draw_one(index: int) -> None:
        pictures[index] = draw(slice(index, index + 1))[0]

    share_out(range(len(w)), draw_one)
    return pictures


def on_one_core(work: Callable[[], Answer]) -> Answer:
    """Do `work` where no operation is split, so that its bits do not depend on the number of cores."""
    if torch.get_num_threads() == 1:
        return work()
    return _crew(torch.get_num_threads()).submit(work).result()


def _crew(threads: int) -> ThreadPoolExecutor:
    return settled_threads(threads, cores=1, title="draw")
