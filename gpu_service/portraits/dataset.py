"""Many portraits as a training set: a zip of uncompressed PNGs in the form that StyleGAN2-ADA and StyleGAN3 read.

Same seed, size and count: the same bytes, however many processes drew them. A larger set begins with the smaller one.
"""

import io
import json
import multiprocessing
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from PIL import Image

from gpu_service.errors import RenderError
from gpu_service.whole_files import replacing

SIZES = (32, 64, 128, 256, 512, 1024)
MOST, MOST_PROCESSES, MOST_SEED = 1_000_000, 256, 2**32 - 1
SHEET_SIDE = 8
SHARE = 16  # portraits that a process draws at a time
LONG_AGO = (1980, 1, 1, 0, 0, 0)
PICTURE_ENDINGS = (".png", ".jpg", ".jpeg")


def write_portraits(
    out: Path,
    *,
    count: int,
    size_px: int,
    seed: int,
    processes: int = 1,
    sheet: Path | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> None:
    """Draw portraits 0 to count - 1 into a zip that is complete or not there. Raises RenderError."""
    refuse_unfit(out, count=count, size_px=size_px, seed=seed, processes=processes, sheet=sheet)
    first: list[bytes] = []
    with replacing(out) as unfinished:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as archive:
            for index, content in enumerate(_drawn(count, size_px=size_px, seed=seed, processes=processes)):
                _store(archive, f"{index // 1000:05d}/img{index:08d}.png", content)
                if sheet is not None and index < SHEET_SIDE**2:
                    first.append(content)
                progress(index + 1)
            _store(archive, "dataset.json", json.dumps({"labels": None}).encode())
        if sheet is not None:
            contact_sheet(first, size_px=size_px).save(sheet)


def refuse_unfit(out: Path, *, count: int, size_px: int, seed: int, processes: int, sheet: Path | None) -> None:
    if size_px not in SIZES:
        sizes = ", ".join(str(size) for size in SIZES[:-1])
        raise RenderError(f"Portraits of {size_px} px are not made. Choose {sizes} or {SIZES[-1]}.", field="size")
    if not 1 <= count <= MOST:
        raise RenderError(f"{count} portraits cannot be made. Ask for 1 to {MOST:,}.", field="count")
    if not 0 <= seed <= MOST_SEED:
        raise RenderError(f"The seed {seed} is out of range. Use a whole number from 0 to {MOST_SEED}.", field="seed")
    if not 1 <= processes <= MOST_PROCESSES:
        raise RenderError(f"Use 1 to {MOST_PROCESSES} processes, not {processes}.", field="processes")
    if out.suffix.lower() != ".zip":
        raise RenderError(f"The portraits are written as a zip. Give {out.name!r} the ending .zip.", field="out")
    if sheet is not None and sheet.suffix.lower() not in PICTURE_ENDINGS:
        raise RenderError(f"The sheet is a picture. Give {sheet.name!r} the ending .png or .jpg.", field="sheet")
    for file in (out, sheet):
        if file is not None and not file.absolute().parent.is_dir():
            raise RenderError(f"There is no folder {file.absolute().parent}.", field="out")


def drawn_png(index: int, *, seed: int, size_px: int) -> bytes:
    """One portrait as an uncompressed PNG: training reads it many times."""
    from gpu_service.portraits.draw import portrait

    buffer = io.BytesIO()
    portrait(seed, index, size_px=size_px).save(buffer, "PNG", compress_level=0)
    return buffer.getvalue()


def contact_sheet(pictures: list[bytes], *, size_px: int) -> Image.Image:
    """Up to eight by eight portraits side by side."""
    columns = min(SHEET_SIDE, max(1, round(len(pictures) ** 0.5)))
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * size_px, rows * size_px))
    for place, content in enumerate(pictures):
        with Image.open(io.BytesIO(content)) as picture:
            sheet.paste(picture, (place % columns * size_px, place // columns * size_px))
    return sheet


def _drawn(count: int, *, size_px: int, seed: int, processes: int) -> Iterator[bytes]:
    draw = partial(drawn_png, seed=seed, size_px=size_px)
    if processes == 1:
        yield from map(draw, range(count))
        return
    # Started afresh: a fork of a process with threads may hang.
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=fresh) as pool:
        try:
            yield from pool.map(draw, range(count), chunksize=SHARE)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _store(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    archive.writestr(entry, content, zipfile.ZIP_STORED)
