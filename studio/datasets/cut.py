"""The pixels of a crop: from a decoded portrait and four corners to the training picture."""

import math
from pathlib import Path

import numpy as np
from PIL import Image

from studio.datasets import pictures
from studio.datasets.crops import Corners, CropRecipe, is_upright, longer_side

RESAMPLING = {
    "lanczos": Image.Resampling.LANCZOS,
    "area": Image.Resampling.BOX,
    "bicubic": Image.Resampling.BICUBIC,
}
# A turned square is drawn this much larger first, then scaled down: turning alone would be jagged or soft.
FINER = 4
FINEST_PX = 4096
# A border of made-up picture: blurred by this share of the square's side, within this share of it.
BLUR, BORDER = 0.02, 0.3


def cut_file(path: Path, recipe: CropRecipe, corners: Corners) -> Image.Image:
    """Decode an original no larger than needed, and cut it. Raises PictureRefused."""
    share = min(1.0, 2 * recipe.size / max(longer_side(corners), 1.0))
    header = pictures.inspect(path)
    at_least = math.ceil(max(header.width_px, header.height_px) * share)
    decoded = pictures.decode(path, at_least_px=at_least)
    return cut(decoded.image, recipe, corners, scale=decoded.scale)


def cut(image: Image.Image, recipe: CropRecipe, corners: Corners, *, scale: float) -> Image.Image:
    """The training picture, RGB. `image` may be a copy of the original at that scale."""
    scaled = [[x * scale, y * scale] for x, y in corners]
    if is_upright(corners):
        return _resized(image, recipe, scaled)
    padded, moved = _with_border(image, scaled)
    fine = min(FINER * recipe.size, FINEST_PX)
    quad = [value for corner in moved for value in corner]
    turned = padded.transform((fine, fine), Image.Transform.QUAD, quad, Image.Resampling.BILINEAR)
    return turned.resize((recipe.size, recipe.size), RESAMPLING[recipe.resampling])


def _resized(image: Image.Image, recipe: CropRecipe, corners: Corners) -> Image.Image:
    (left, top), _, (right, bottom), _ = corners
    share = recipe.size / max(right - left, bottom - top)
    size = (max(1, round((right - left) * share)), max(1, round((bottom - top) * share)))
    box = (max(left, 0.0), max(top, 0.0), min(right, image.width), min(bottom, image.height))
    return image.resize(size, RESAMPLING[recipe.resampling], box=box)


def _with_border(image: Image.Image, corners: Corners) -> tuple[Image.Image, Corners]:
    """The part around the square, with a border where the square stands out of the picture; corners moved with it."""
    side = longer_side(corners)
    room = max(3, round(side * 0.1))
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    wanted = (math.floor(min(xs)) - room, math.floor(min(ys)) - room)
    wanted_end = (math.ceil(max(xs)) + room, math.ceil(max(ys)) + room)
    left, top = min(max(wanted[0], 0), image.width - 1), min(max(wanted[1], 0), image.height - 1)
    right = max(min(wanted_end[0], image.width), left + 1)
    bottom = max(min(wanted_end[1], image.height), top + 1)
    part = image.crop((left, top, right, bottom))
    missing = (left - wanted[0], top - wanted[1], wanted_end[0] - right, wanted_end[1] - bottom)
    if max(missing) > 0:
        part = bordered(part, missing, side=side)
        left, top = left - missing[0], top - missing[1]
    return part, [[x - left, y - top] for x, y in corners]


def bordered(image: Image.Image, missing: tuple[int, int, int, int], *, side: float) -> Image.Image:
    """Go on beyond the edges, by (left, top, right, bottom): mirrored, farther out blurred, at last one colour.

    A generator must not learn hard edges or mirrored noses, which is why FFHQ fills its borders in this way.
    """
    from scipy.ndimage import gaussian_filter  # slow to load, and only cutting needs it

    left, top, right, bottom = missing
    levels = np.asarray(image, np.float32)
    wide = np.pad(levels, ((top, bottom), (left, right), (0, 0)), mode="symmetric")
    reach = max(1.0, BORDER * side)
    x, y = np.arange(wide.shape[1], dtype=np.float32), np.arange(wide.shape[0], dtype=np.float32)
    beyond_x = np.maximum(left - x, x - (wide.shape[1] - 1 - right)).clip(0) / reach
    beyond_y = np.maximum(top - y, y - (wide.shape[0] - 1 - bottom)).clip(0) / reach
    beyond = np.maximum(beyond_y[:, None], beyond_x[None]).clip(0, 1)[:, :, None]
    blurred = gaussian_filter(wide, (BLUR * side, BLUR * side, 0))
    wide += (blurred - wide) * (3 * beyond).clip(0, 1)
    wide += (np.median(levels, axis=(0, 1)) - wide) * beyond**2
    return Image.fromarray(wide.round().clip(0, 255).astype(np.uint8))
