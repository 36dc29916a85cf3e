"""Whether a projection belongs to the snapshots of a scene: the MD5 that its file names is that of one of them."""

import hashlib
from functools import lru_cache
from pathlib import Path

from gpu_service.errors import RenderError
from gpu_service.protocol import SceneSpec
from gpu_service.visualizers.base import Materials


def check_match(scene: SceneSpec, materials: Materials) -> None:
    """RenderError where a projection of another network is wanted by mistake. Older snapshots of a run may draw it

    beside the one that it was made with. What tells no MD5 is believed.
    """
    reference = scene.projections[0]
    if reference.is_forced:
        return
    told = network_md5(materials.file(reference.sha256))
    paths = [materials.file(snapshot.sha256) for snapshot in scene.snapshots]
    if not told or any(told in known_md5s(path) for path in paths):
        return
    listed = ", ".join(dict.fromkeys(f"“{snapshot.name}”" for snapshot in scene.snapshots))
    raise RenderError(
        f"“{reference.name}” was made with another network than {listed}, so its vectors mean other pictures there. "
        "Choose the snapshot that it was made with, or use it all the same.",
        kind="bad_input",
        field="projection",
    )


def network_md5(projection: Path) -> str:
    """The MD5 that the file names of its network, or nothing."""
    # h5py is needed by few and loads slowly.
    from gpu_service.projection.facts import read_facts
    from gpu_service.projection.safe_hdf5 import opened

    with opened(projection) as file:
        return read_facts(file, projection).network_md5.lower()


def known_md5s(snapshot: Path) -> set[str]:
    """Of the file that a person brought, and of ours."""
    facts = snapshot.stat()
    return _known_md5s(snapshot, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=64)
def _known_md5s(snapshot: Path, _size: int, _changed: int) -> set[str]:
    from gpu_service.snapshots.store import read_facts

    original = read_facts(snapshot).original_md5
    with snapshot.open("rb") as file:
        own = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    return {own, *([original.lower()] if original else [])}
