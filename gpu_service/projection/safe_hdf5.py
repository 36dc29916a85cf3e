"""HDF5 files that are believed nothing: what leads out of them, takes too much room or loads a program is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

from gpu_service.errors import RenderError
from gpu_service.projection import layout
from gpu_service.projection.layout import number_in

# gzip, shuffle, fletcher32, and lzf, which h5py brings. Any other would be looked for among the system's programs.
KNOWN_FILTERS = (1, 2, 3, 32000)
MOST_ARRAY_BYTES = 256 << 20


def bad(path: Path, what: str) -> RenderError:
    """The file is at fault."""
    return RenderError(f"“{path.name}” {what}. Choose another projection file.", kind="bad_input", field="projection")


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """The file, open for reading; whatever the library stumbles over becomes a sentence."""
    try:
        if not h5py.is_hdf5(path):
            raise bad(path, "is no HDF5 file" if path.stat().st_size else "is empty")
        with h5py.File(path, "r", locking=False, rdcc_nbytes=1 << 20) as file:
            yield file
    except RenderError:
        raise
    except FileNotFoundError as error:
        raise RenderError(f"There is no file {path.name}.", kind="bad_input") from error
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, OverflowError, MemoryError) as error:
        raise bad(path, "is damaged or was cut off: it cannot be read as a projection") from error


def group_in(parent: h5py.Group, path: Path, name: str) -> h5py.Group | None:
    """A group inside the file, or None. Every step of the way is a plain link."""
    found = _inside(parent, path, name)
    if found is not None and not isinstance(found, h5py.Group):
        raise bad(path, f"holds {name} as something else than a group")
    return found


def dataset_in(parent: h5py.Group, path: Path, name: str) -> h5py.Dataset | None:
    """An array inside the file, its numbers kept inside it too and of a size that can be."""
    held = _inside(parent, path, name)
    if held is None:
        return None
    if not isinstance(held, h5py.Dataset) or held.shape is None:
        raise bad(path, f"holds {name} as something else than an array")
    if held.is_virtual or held.external:
        raise bad(path, f"points to another file for {name}, so it was refused")
    if held.dtype.kind not in "fui" or held.dtype.hasobject:
        raise bad(path, f"holds {name} as something else than numbers")
    if held.nbytes > MOST_ARRAY_BYTES or any(side > layout.MOST_SIDE**2 for side in held.shape):
        raise bad(path, f"says that {name} is {times(held.shape)}, larger than any picture")
    created = held.id.get_create_plist()
    chunk = np.prod(held.chunks) * held.dtype.itemsize if held.chunks else 0
    filters = [created.get_filter(place)[0] for place in range(created.get_nfilters())]
    if chunk > MOST_ARRAY_BYTES or any(number not in KNOWN_FILTERS for number in filters):
        raise bad(path, f"packs {name} in a way that is not read")
    if held.id.get_storage_size() == 0 and held.nbytes:
        raise bad(path, f"promises {name} and holds nothing of it")
    return held


def _inside(parent: h5py.Group, path: Path, name: str) -> h5py.Group | h5py.Dataset | None:
    here: h5py.Group | h5py.Dataset = parent
    for part in name.split("/"):
        if not isinstance(here, h5py.Group):
            raise bad(path, f"holds {name} below something that is no group")
        link = here.get(part, getlink=True)
        if link is None:
            return None
        if not isinstance(link, h5py.HardLink):
            raise bad(path, f"points elsewhere for {name}, so it was refused")
        if here.get(part, getclass=True) not in (h5py.Group, h5py.Dataset):
            raise bad(path, f"holds {name} as something else than an array")
        here = here[part]
    return here


def read_array(held: h5py.Dataset, path: Path) -> np.ndarray:
    try:
        return np.asarray(held[()])
    except OSError as error:
        raise bad(path, f"is damaged: {held.name} cannot be unpacked") from error


def in_order(group: h5py.Group, path: Path, most: int) -> list[str]:
    """Names by the number at their end. Raises RenderError where there are too many or one has none."""
    if len(group) > most:
        raise bad(path, f"holds {len(group):,} entries in {group.name}, more than {most:,}")
    numbers = {name: number_in(name) for name in group}
    if odd := next((name for name, number in numbers.items() if number is None), None):
        raise bad(path, f"holds “{odd[:60]}” among {group.name}")
    return sorted(numbers, key=lambda name: numbers[name] or 0)


def times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "one number"
