"""Small sets of training pictures, made where they are needed."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


def picture(number: int, *, side: int = 16) -> np.ndarray:
    """A picture of that number, uint8 [side, side, 3]: no two are alike, none is its own mirror image."""
    return np.random.default_rng(number).integers(0, 256, (side, side, 3), np.uint8)


def png(levels: np.ndarray | Image.Image, **options: Any) -> bytes:
    """uint8 [H, W, 3] or a picture of any mode."""
    image = levels if isinstance(levels, Image.Image) else Image.fromarray(levels)
    buffer = io.BytesIO()
    image.save(buffer, options.pop("format", "PNG"), **options)
    return buffer.getvalue()


def files(count: int = 12, *, side: int = 16) -> dict[str, bytes]:
    """The standard names with their content."""
    return {f"00000/img{number:08d}.png": png(picture(number, side=side)) for number in range(count)}


def write_zip(
    path: Path, content: Mapping[str, bytes], *, labels: Any = None, method: int = zipfile.ZIP_STORED
) -> Path:
    """As StyleGAN2-ADA's tool and the studio write it; `labels` by name or as the list itself."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
        pairs = list(labels.items()) if isinstance(labels, dict) else labels
        archive.writestr("dataset.json", json.dumps({"labels": pairs}))
    return path


def write_folder(path: Path, content: Mapping[str, bytes]) -> Path:
    for name, data in content.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def little_set(folder: Path, count: int = 12, *, side: int = 16) -> Path:
    """A zip that can be trained on."""
    return write_zip(folder / "little.zip", files(count, side=side))
