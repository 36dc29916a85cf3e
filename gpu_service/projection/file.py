"""Reading a projection file, the original's and ours. No torch.

Files are believed nothing: links out of the file, data kept elsewhere, shapes beyond reason, filters that would load a
program and halves of files are refused with a sentence. The two quirks of the original are read right: names of version
1, and histories of images and noises that lie in each other's place.
"""

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from gpu_service.errors import RenderError
from gpu_service.projection import layout
from gpu_service.projection.facts import read_facts
from gpu_service.projection.layout import (
    DISTANCES,
    FINALS,
    IMAGES_HISTORIES,
    LATENTS,
    LATENTS_HISTORIES,
    NOISES_HISTORIES,
    PLUS,
    TARGETS,
    ProjectionFacts,
    name_of,
    number_in,
)
from gpu_service.projection.safe_hdf5 import bad, dataset_in, group_in, in_order, opened, read_array, times

LARGEST_TOLD = 1e12

__all__ = ["Projection", "ProjectionFacts", "read_projection"]


@dataclass(frozen=True)
class Projection:
    """A projection that was read. `latents` float32 [frames, num_ws, w_dim]; pictures are read when asked for.

    `losses` and `steps` [frames] are NaN and 0 where the file does not tell them.
    """

    path: Path
    facts: ProjectionFacts
    latents: np.ndarray
    losses: np.ndarray
    steps: np.ndarray

    def __len__(self) -> int:
        return len(self.latents)

    @property
    def num_ws(self) -> int:
        return int(self.latents.shape[1])

    @property
    def w_dim(self) -> int:
        return int(self.latents.shape[2])

    def target(self, frame: int) -> np.ndarray:
        """What was looked for. uint8 RGB [H, W, 3]. RenderError where the file has it not."""
        return self._picture(TARGETS, frame)

    def final(self, frame: int) -> np.ndarray:
        """What was found. uint8 RGB [H, W, 3]. RenderError where the file has it not."""
        return self._picture(FINALS, frame)

    def history(self, frame: int) -> np.ndarray:
        """The latents after each step, [steps, num_ws, w_dim]; empty where the file kept none."""
        found = self._histories(frame, LATENTS_HISTORIES, ranks=(3,))
        return found[:, 0] if found.ndim == 4 else np.empty((0, self.num_ws, self.w_dim), np.float32)

    def noises_history(self, frame: int) -> np.ndarray:
        """All noise maps in one row, after each step: [steps, numbers]. The original keeps them among the images."""
        return self._either(frame, (NOISES_HISTORIES, IMAGES_HISTORIES), ranks=(1,))

    def images_history(self, frame: int) -> np.ndarray:
        """The picture after each step, about −1…1: [steps, 3, H, W]. The original keeps them among the noises."""
        found = self._either(frame, (IMAGES_HISTORIES, NOISES_HISTORIES), ranks=(4,))
        return found[:, 0] if found.ndim == 5 else found

    def distances(self, frame: int) -> np.ndarray:
        """How far the latents lay from their last after each step, over all numbers: [steps]; empty if untold."""
        with opened(self.path) as file:
            held = dataset_in(file, self.path, f"{DISTANCES}/{name_of(DISTANCES, frame)}")
            if held is None or held.ndim != 1 or held.dtype.kind != "f" or len(held) > 2 * layout.MOST_STEPS:
                return np.empty(0, np.float32)
            found = np.asarray(read_array(held, self.path))
            return found if np.isfinite(found).all() else np.empty(0, np.float32)

    def _picture(self, group: str, frame: int) -> np.ndarray:
        with opened(self.path) as file:
            held = dataset_in(file, self.path, f"{group}/{name_of(group, frame)}")
            if held is None:
                raise bad(self.path, f"holds no {group.replace('_', ' ')} of frame {frame}")
            if held.ndim != 3 or held.shape[2] != 3 or held.dtype != np.uint8:
                raise bad(self.path, f"holds {held.name} as {times(held.shape)} {held.dtype}, not as a picture")
            return np.asarray(read_array(held, self.path))

    def _either(self, frame: int, groups: tuple[str, ...], *, ranks: tuple[int, ...]) -> np.ndarray:
        """The first of the groups that holds arrays of such a rank."""
        for group in groups:
            found = self._histories(frame, group, ranks=ranks)
            if len(found):
                return found
        return np.empty((0, 0), np.float32)

    def _histories(self, frame: int, group: str, *, ranks: tuple[int, ...]) -> np.ndarray:
        with opened(self.path) as file:
            folder = group_in(file, self.path, f"{group}/{name_of(group, frame)}")
            if folder is None:
                return np.empty((0, 0), np.float32)
            steps = [dataset_in(folder, self.path, name) for name in in_order(folder, self.path, layout.MOST_STEPS)]
            fitting = [held for held in steps if held is not None and held.ndim in ranks]
            if not fitting or len(fitting) != len(steps):
                return np.empty((0, 0), np.float32)
            return np.stack([read_array(held, self.path) for held in fitting])


def read_projection(path: Path, *, unfinished: bool = False) -> Projection:
    """Read facts and latents. RenderError with a sentence where the file is none, hostile, cut or not finished.

    `unfinished` takes the frames that there are of a file that was not ended.
    """
    with opened(path) as file:
        facts = read_facts(file, path)
        names = _frames(file, path)
        if not unfinished:
            _refuse_unfinished(path, facts, len(names))
        latents, rows = _latents(file, path, names)
        plus = group_in(file, path, PLUS)
        if plus is not None and len(plus):
            latents = _plus(plus, path, like=latents, count=len(names))
    return Projection(path, facts, latents, losses=rows[:, 0], steps=rows[:, 1].astype(int))


def _frames(file: h5py.File, path: Path) -> list[str]:
    folder = group_in(file, path, LATENTS)
    if folder is None:
        raise bad(path, "holds no latents: it is no projection file")
    names = in_order(folder, path, layout.MOST_FRAMES)
    if not names:
        raise bad(path, "holds no frame yet")
    for place, name in enumerate(names):
        if number_in(name) != place:
            raise bad(path, f"lacks frame {place}")
    return names


def _refuse_unfinished(path: Path, facts: ProjectionFacts, count: int) -> None:
    if facts.is_complete and abs(count - facts.frame_count) <= layout.SLACK_FRAMES:
        return
    of = f"{count:,} of {facts.frame_count:,} frames are there"
    raise RenderError(
        f"“{path.name}” is not finished: {of}. Go on with the projection first.", kind="bad_input", field="projection"
    )


def _latents(file: h5py.File, path: Path, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """float32 [frames, num_ws, w_dim], and (loss, steps) of each frame. Rows that are all one w take its room once."""
    folder = file[LATENTS]
    first = _one(folder, path, names[0])
    rows, width = first.shape
    if len(names) * width * 4 > layout.MOST_LATENT_BYTES:
        raise bad(path, "holds more latents than can be kept in memory")
    single = np.empty((len(names), width), np.float32)
    told = np.full((len(names), 2), np.nan)
    several: np.ndarray | None = None
    for place, name in enumerate(names):
        one = _one(folder, path, name)
        if one.shape != first.shape:
            raise bad(path, f"holds latents of two sizes, {times(first.shape)} and {times(one.shape)}")
        single[place] = one[0]
        told[place] = _told(folder[name])
        if several is None and (one != one[0]).any():
            several = _room(path, len(names), first.shape)
            several[:place] = single[:place, None]
        if several is not None:
            several[place] = one
    return (np.broadcast_to(single[:, None], (len(names), rows, width)) if several is None else several), told


def _one(folder: h5py.Group, path: Path, name: str) -> np.ndarray:
    """The latents of one frame, [num_ws, w_dim]. Their shape is judged before they are read."""
    held = dataset_in(folder, path, name)
    if held is None or held.ndim != 3 or held.shape[0] != 1 or held.dtype.kind != "f":
        raise bad(path, f"holds {name} in a form that is not 1 × rows × numbers")
    if not 1 <= held.shape[1] <= layout.MOST_ROWS or not 1 <= held.shape[2] <= layout.MOST_WIDTH:
        raise bad(path, f"says that {name} is {times(held.shape)}, which is no network's")
    numbers = read_array(held, path)[0].astype(np.float32)
    if not np.isfinite(numbers).all():
        raise bad(path, f"holds numbers that are not finite in {name}")
    return numbers


def _plus(folder: h5py.Group, path: Path, *, like: np.ndarray, count: int) -> np.ndarray:
    """The rows of W+, of our own files."""
    names = in_order(folder, path, layout.MOST_FRAMES)
    if len(names) != count or [number_in(name) for name in names] != list(range(count)):
        raise bad(path, "holds rows of W+ for some of its frames only")
    found = _room(path, count, like.shape[1:])
    for place, name in enumerate(names):
        one = _one(folder, path, name)
        if one.shape != like.shape[1:]:
            raise bad(path, f"holds latents of two sizes, {times(like.shape[1:])} and {times(one.shape)}")
        found[place] = one
    return found


def _room(path: Path, count: int, shape: tuple[int, ...]) -> np.ndarray:
    if count * int(np.prod(shape)) * 4 > layout.MOST_LATENT_BYTES:
        raise bad(path, "holds more latents than can be kept in memory")
    return np.empty((count, *shape), np.float32)


def _told(held: h5py.Dataset) -> tuple[float, float]:
    """Loss and steps of a frame, where we wrote them beside it."""
    values = []
    for name, missing in (("loss", np.nan), ("steps", 0.0)):
        value = held.attrs.get(layout.OWN + name)
        number = float(value) if isinstance(value, int | float | np.integer | np.floating) else missing
        values.append(number if np.isfinite(number) and abs(number) < LARGEST_TOLD else missing)
    return values[0], values[1]
