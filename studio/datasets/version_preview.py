"""What a recipe would make of a selection: a few pictures, and what it would leave out."""

import base64
import io
import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from PIL import Image

from studio.blobs.store import open_blob
from studio.datasets.crops import Corners, CropRecipe, longer_side
from studio.datasets.cut import cut
from studio.datasets.models import Portrait
from studio.datasets.versions import crops_of, told

SAMPLES = 12
SAMPLE_PX = 192


def preview(ids: Sequence[int], recipe: CropRecipe, *, seed: int) -> dict[str, Any]:
    """At most 12 pictures chosen by the seed, cut from the loupe's copies; counts are of the whole selection."""
    crops: list[tuple[int, Corners]] = []
    left_out: Counter[str] = Counter()
    enlarged = 0
    for portrait, outcome in crops_of(ids, recipe):
        if isinstance(outcome, str):
            left_out[outcome] += 1
        else:
            enlarged += longer_side(outcome) < recipe.size
            crops.append((portrait.pk, outcome))
    chosen = random.Random(seed).sample(crops, min(SAMPLES, len(crops)))
    small = recipe.model_copy(update={"size": min(recipe.size, SAMPLE_PX)})
    rows = Portrait.objects.select_related("view").in_bulk([pk for pk, _ in chosen])
    samples = [_sample(rows[pk], small, corners) for pk, corners in chosen if pk in rows]
    shown = [sample for sample in samples if sample is not None]
    return {"count": len(crops), "left_out": told(left_out), "enlarged": enlarged, "samples": shown}


def _sample(portrait: Portrait, recipe: CropRecipe, corners: Corners) -> dict[str, Any] | None:
    """None when the loupe's copy is missing: a preview does without it."""
    if portrait.view is None:
        return None
    try:
        with open_blob(portrait.view) as file, Image.open(file, formats=["JPEG"]) as view:
            made = cut(view.convert("RGB"), recipe, corners, scale=view.width / portrait.width_px)
    except OSError:
        return None
    buffer = io.BytesIO()
    made.save(buffer, "JPEG", quality=85)
    data = base64.b64encode(buffer.getvalue()).decode()
    return {"portrait_id": portrait.pk, "name": portrait.name, "image": f"data:image/jpeg;base64,{data}"}
