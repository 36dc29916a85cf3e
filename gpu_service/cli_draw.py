"""`snapshot draw`: pictures of a file of weights, as exact numbers or as a sheet."""

import math
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import torch
from numpy.lib.format import open_memmap
from PIL import Image
from torch import Tensor

from gpu_service.cli_places import check_place
from gpu_service.errors import RenderError
from gpu_service.film.code_path import choose_device
from gpu_service.networks.base import Network, fit, frame_seed, to_uint8
from gpu_service.networks.mapping import AVERAGE_SAMPLES
from gpu_service.snapshots.store import import_snapshot, load_network
from gpu_service.vectors.pictures import Sheet
from gpu_service.whole_files import replacing

BATCH = 8
MOST_PICTURES = 100_000
LARGEST_SHEET_PX = 16_384
Precision = Literal["auto", "bf16", "fp16", "fp32"]
Noise = Literal["const", "none", "random"]


@dataclass(frozen=True)
class DrawCall:
    """What to draw: one of `z`, `w` and `seeds`, files of numbers or "0-7,12"; the rest as in the options' help."""

    file: Path
    out: Path
    z: Path | None = None
    w: Path | None = None
    seeds: str | None = None
    classes: Path | None = None
    truncation: float = 0.7
    truncation_end: int | None = None
    noise: Noise = "const"
    noise_seed: int = 0
    noise_strength: float = 1.0
    precision: Precision = "fp32"
    device: str = "auto"


def draw_call(call: DrawCall) -> None:
    """Draw, and write `call.out`. Raises RenderError, NetworkError and SnapshotError with a sentence."""
    check_place("--out", call.out, name="pictures.npy")
    if call.out.suffix not in (".npy", ".png"):
        raise RenderError(f"Pictures are written as .npy (numbers) or .png (a sheet), not as {call.out.name}.")
    for option, value, known in (("--noise", call.noise, Noise), ("--precision", call.precision, Precision)):
        if value not in get_args(known):
            raise RenderError(f"{option} {value}: use one of {', '.join(get_args(known))}.")
    if not math.isfinite(call.truncation) or not math.isfinite(call.noise_strength):
        raise RenderError("--truncation and --noise-strength are numbers.")
    if [call.z, call.w, call.seeds].count(None) != 2:
        raise RenderError("Say what to draw with one of --z, --w and --seeds.")
    device = choose_device(call.device)
    network = _open(call.file, device)
    w = _rows(call, network)
    pictures = _draw(call, network, w, device)
    write = _write_numbers if call.out.suffix == ".npy" else _write_sheet
    write(pictures, count=len(w), size=network.native_size, out=call.out)


def _open(file: Path, device: torch.device) -> Network:
    """The network of any file of weights that can be read."""
    if file.suffix == ".safetensors":
        return load_network(file, device=device)
    with tempfile.TemporaryDirectory(prefix="phosphene-draw-") as folder:
        kept = Path(folder) / "network.safetensors"
        import_snapshot(file, to=kept, name=file.name)
        return load_network(kept, device=device)


def _rows(call: DrawCall, network: Network) -> Tensor:
    """The w rows of every picture, [N, num_ws, W]."""
    if call.w is not None:
        return _given_rows(_read_numbers("--w", call.w), network)
    if call.z is not None:
        z = _read_numbers("--z", call.z)
        if z.ndim != 2 or z.shape[1] != network.z_dim:
            raise RenderError(f"--z {call.z.name} is {_times(z.shape)}; this network takes N × {network.z_dim}.")
    else:
        seeds = parse_seeds(call.seeds or "")
        z = np.concatenate([np.random.RandomState(seed).randn(1, network.z_dim) for seed in seeds])
    labels = _labels(call.classes, network, count=len(z))
    if call.truncation != 1 and call.truncation_end != 0 and not network.has_average:
        _say(f"{call.file.name} holds no average w: the mean of {AVERAGE_SAMPLES:,} samples is used.")
    with torch.inference_mode():
        return network.mapping(
            torch.from_numpy(z).float(), truncation=call.truncation, truncation_end=call.truncation_end, labels=labels
        )


def _given_rows(w: np.ndarray, network: Network) -> Tensor:
    """w as it is: one row for all layers, [N, W] or [N, 1, W], or every row, [N, num_ws, W]. No truncation."""
    rows = w[:, None] if w.ndim == 2 else w
    if rows.ndim != 3 or rows.shape[1] not in (1, network.num_ws) or rows.shape[2] != network.w_dim:
        raise RenderError(
            f"--w is {_times(w.shape)}; this network takes N × {network.w_dim}, "
            f"or N × {network.num_ws} × {network.w_dim}."
        )
    return torch.from_numpy(rows).float().repeat(1, network.num_ws // rows.shape[1], 1)


def _labels(classes: Path | None, network: Network, *, count: int) -> Tensor | None:
    """One-hot labels from such rows, [N, classes], or from the number of each picture's class, [N]."""
    if classes is None:
        if network.num_classes:
            _say(f"Without --classes, the first of {network.num_classes} classes is drawn.")
        return None
    given = _read_numbers("--classes", classes)
    if not network.num_classes:
        if given.shape in ((count, 0), (0,)):
            return None
        raise RenderError("This network has no classes. Leave --classes out.")
    if given.shape == (count,):
        if not (np.isin(given, np.arange(network.num_classes))).all():
            raise RenderError(f"--classes holds something else than whole numbers from 0 to {network.num_classes - 1}.")
        given = np.eye(network.num_classes)[given.astype(int)]
    if given.shape != (count, network.num_classes):
        raise RenderError(
            f"--classes is {_times(given.shape)}; wanted are {count} × {network.num_classes}, or {count} whole numbers."
        )
    return torch.from_numpy(given).float()


def parse_seeds(text: str) -> list[int]:
    """ "0-7,12" -> [0, 1, …, 7, 12]. Raises RenderError."""
    seeds: list[int] = []
    for part in text.replace(" ", "").split(","):
        found = re.fullmatch(r"(\d{1,10})(?:-(\d{1,10}))?", part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if not first <= last < 1 << 32 or len(seeds) + last - first >= MOST_PICTURES:
            raise RenderError(f"--seeds {text}: write whole numbers and stretches of them, such as 0-7,12.")
        seeds += range(first, last + 1)
    return seeds


def _read_numbers(option: str, path: Path) -> np.ndarray:
    """An array of numbers out of a .npy file; nothing in it is run. Raises RenderError."""
    try:
        numbers = np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise RenderError(f"{option} {path.name} is no .npy file of numbers.") from error
    if not isinstance(numbers, np.ndarray) or numbers.dtype.kind not in "fiub" or not numbers.ndim:
        raise RenderError(f"{option} {path.name} is no .npy file of numbers.")
    if not 0 < len(numbers) <= MOST_PICTURES:
        raise RenderError(f"{option} {path.name} holds {len(numbers)} rows. Between 1 and {MOST_PICTURES:,} are drawn.")
    if not np.isfinite(numbers).all():
        raise RenderError(f"{option} {path.name} holds numbers that are not finite.")
    return numbers


def _draw(call: DrawCall, network: Network, w: Tensor, device: torch.device) -> Iterator[np.ndarray]:
    """Pictures in batches, float32 [n, 3, H, W] before clamping."""
    with _way(call.precision, device), torch.inference_mode():
        for start in range(0, len(w), BATCH):
            rows = w[start : start + BATCH]
            seeds = [frame_seed(call.noise_seed, start + index) for index in range(len(rows))]
            drawn = network.synthesis(
                rows, noise_mode=call.noise, noise=seeds, noise_strength=call.noise_strength, quality="film"
            )
            yield drawn.float().cpu().numpy()


def _way(precision: Precision, device: torch.device) -> AbstractContextManager[Any]:
    """How pictures are computed while it lasts; fp32 is the networks' plain arithmetic."""
    if precision == "fp32":
        return nullcontext()
    from gpu_service.networks import fast

    return fast.drawing(fast.way_for(device, precision))


def _write_numbers(pictures: Iterator[np.ndarray], *, count: int, size: tuple[int, int], out: Path) -> None:
    with replacing(out) as partial:
        kept = open_memmap(partial, mode="w+", dtype=np.float32, shape=(count, 3, *size))
        start = 0
        for batch in pictures:
            kept[start : start + len(batch)] = batch
            start += len(batch)
        kept.flush()


def _write_sheet(pictures: Iterator[np.ndarray], *, count: int, size: tuple[int, int], out: Path) -> None:
    """A grid about as wide as high; pictures shrink where it would be too large."""
    columns = math.ceil(math.sqrt(count))
    tile = min(min(size), LARGEST_SHEET_PX // columns)
    sheet, place = Sheet(count, columns=columns, tile=tile), 0
    for batch in pictures:
        for picture in to_uint8(fit(torch.from_numpy(batch), (tile, tile))).numpy():
            sheet.put(place, picture)
            place += 1
    Image.fromarray(sheet.pixels.transpose(1, 2, 0)).save(out)


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)  # noqa: T201
