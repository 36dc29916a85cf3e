"""How pictures are computed: chosen once per film, then kept, because another way gives slightly other pixels."""

from typing import Literal

import torch

from gpu_service.errors import RenderError
from gpu_service.networks import fast
from gpu_service.protocol import CodePath

Precision = Literal["auto", "fp32", "fp16", "bf16"]
BATCH = {"cpu": 8, "cuda": 16}
MAX_THREADS = 16


def choose_code_path(
    device: torch.device, *, threads: int, precision: Precision = "auto", may_compile: bool = True
) -> CodePath:
    """The fastest path of this machine, or the one that was asked for."""
    chosen = fast.way_for(device, precision)
    return CodePath(
        precision=chosen.precision,
        compiled=may_compile and fast.compiler_is_there(device),
        batch=BATCH.get(device.type, 8),
        threads=min(threads, MAX_THREADS),
        device_kind=device.type,
        torch=torch.__version__.split("+")[0],
    )


def enter_code_path(code_path: CodePath) -> None:
    """Set what is global: threads, how networks draw, and nothing else that trades exactness for speed."""
    fast.take_way(way_of(code_path))
    if torch.get_num_threads() != code_path.threads:
        torch.set_num_threads(code_path.threads)
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False


def way_of(code_path: CodePath) -> fast.Way:
    """The networks' part of it."""
    return fast.Way(code_path.precision, code_path.compiled)


def choose_device(wanted: str = "auto") -> torch.device:
    """“auto”: the first GPU, else the processor. RenderError when there is no such device."""
    cards = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if wanted == "auto":
        return torch.device("cuda:0" if cards else "cpu")
    kind, _, number = wanted.partition(":")
    if wanted == "cpu" or (kind == "cuda" and (number or "0").isdecimal() and int(number or 0) < cards):
        return torch.device(wanted)
    there = ["cpu", *(f"cuda:{card}" for card in range(cards))]
    raise RenderError(f"There is no device named “{wanted}” here. There are: auto, {', '.join(there)}.")
