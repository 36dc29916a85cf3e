"""The files of a scene, opened when they are first needed and kept for the next scene that uses them."""

import tempfile
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from gpu_service.errors import RenderError
from gpu_service.music.decode import concatenate
from gpu_service.networks.base import Network
from gpu_service.networks.fast import Prepared
from gpu_service.protocol import SceneSpec
from gpu_service.snapshots.store import load_network, read_facts
from gpu_service.vectors.directions import Directions, directions_at, missing_directions
from gpu_service.visualizers.stages import DEFAULT_VECTOR_LENGTH, Space

KEPT_SOUNDS = 2
# A network in memory, with its weights in the order that drawing likes, against its file.
PREPARED_TOO = 2


class SoundShelf:
    """Decoded tracks: the last few, as one channel."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, ...], tuple[np.ndarray, int]] = OrderedDict()
        self._lock = threading.Lock()

    def mono(self, paths: Sequence[Path], *, hashes: Sequence[str]) -> tuple[np.ndarray, int]:
        """Those files one after the other, float32 [n], and the sample rate."""
        key = tuple(hashes)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = decode_mono(paths)
                while len(self._kept) > KEPT_SOUNDS:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]


def decode_mono(paths: Sequence[Path]) -> tuple[np.ndarray, int]:
    """Decode and concatenate. MusicError says what is wrong with a file."""
    with tempfile.TemporaryDirectory(prefix="phosphene-sound-") as folder:
        sound = concatenate(list(paths), pcm_path=Path(folder) / "track.pcm")
        return sound.mono(), sound.sample_rate


class NetworkShelf:
    """Networks in the device's memory; when they no longer fit, the one used longest ago leaves."""

    def __init__(self, *, device: torch.device, budget_bytes: int) -> None:
        self.device, self.budget_bytes = device, budget_bytes
        self._kept: OrderedDict[str, Network] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, sha256: str, path: Path) -> Network:
        """The network of that file; the same hash is the same network."""
        with self._lock:
            if sha256 not in self._kept:
                network = load_network(path, device=self.device)
                self._make_room(network_bytes(network))
                self._kept[sha256] = network
            self._kept.move_to_end(sha256)
            # What was prepared for fast drawing since counts too; the network that is wanted now stays.
            self._make_room(0, least=1)
            return self._kept[sha256]

    def resident(self) -> list[Network]:
        """Those that are in memory now."""
        with self._lock:
            return list(self._kept.values())

    def clear(self) -> None:
        """Forget all, to give memory back."""
        with self._lock:
            self._kept.clear()

    def _make_room(self, wanted: int, *, least: int = 0) -> None:
        while len(self._kept) > least and wanted + sum(map(network_bytes, self._kept.values())) > self.budget_bytes:
            self._kept.popitem(last=False)


def network_bytes(network: Network) -> int:
    """Its weights, and what was prepared from them for fast drawing."""
    prepared = getattr(network, "prepared", None)
    own = sum(tensor.numel() * tensor.element_size() for tensor in network.tensors().values())
    return own + (prepared.number_of_bytes() if isinstance(prepared, Prepared) else 0)


class SceneSound:
    """The sound of one scene."""

    def __init__(self, scene: SceneSpec, paths: Mapping[str, Path], sounds: SoundShelf) -> None:
        self.scene, self.paths, self.sounds = scene, paths, sounds

    def mono(self) -> tuple[np.ndarray, int]:
        """All tracks as one, float32 [n], and the sample rate."""
        hashes = [track.sha256 for track in self.scene.tracks]
        return self.sounds.mono([_path(self.paths, sha256) for sha256 in hashes], hashes=hashes)

    def stem(self, sha256: str) -> tuple[np.ndarray, int]:
        """A stem that was uploaded. It is read once for all its curves, so it is not kept."""
        return decode_mono([_path(self.paths, sha256)])

    def file(self, sha256: str) -> Path:
        """Where any other file of the scene lies."""
        return _path(self.paths, sha256)


class SceneMaterials:
    """Sound and networks of one scene."""

    def __init__(
        self, scene: SceneSpec, paths: Mapping[str, Path], *, networks: NetworkShelf, sounds: SoundShelf
    ) -> None:
        self.scene, self.paths, self.networks = scene, paths, networks
        self.sound = SceneSound(scene, paths, sounds)

    def network(self, position: int) -> Network:
        """The network at that place of the list."""
        sha256 = self.scene.snapshots[position].sha256
        return self.networks.get(sha256, _path(self.paths, sha256))

    def networks_fit(self) -> bool:
        """Whether all of them can be in memory together, with what is prepared from them for fast drawing."""
        paths = {snapshot.sha256: self.file(snapshot.sha256) for snapshot in self.scene.snapshots}
        return PREPARED_TOO * sum(path.stat().st_size for path in paths.values()) <= self.networks.budget_bytes

    def file(self, sha256: str) -> Path:
        """Where any other file of the scene lies."""
        return _path(self.paths, sha256)

    def directions(self, sha256: str) -> Directions:
        """A file of directions, by its hash."""
        if sha256 not in self.paths:
            raise missing_directions(sha256)
        return directions_at(sha256, self.paths[sha256])

    def vector_length(self, space: Space = "z") -> int:
        """z_dim or w_dim of the networks, which must agree because one path drives them all."""
        facts = {snapshot.sha256: read_facts(self.file(snapshot.sha256)) for snapshot in self.scene.snapshots}
        lengths = {each.z_dim if space == "z" else each.w_dim for each in facts.values()}
        if len(lengths) > 1:
            listed = " and ".join(str(length) for length in sorted(lengths))
            raise RenderError(
                f"These snapshots take vectors of different lengths, {listed}. Choose snapshots that share one.",
                kind="bad_input",
            )
        return lengths.pop() if lengths else DEFAULT_VECTOR_LENGTH


def _path(paths: Mapping[str, Path], sha256: str) -> Path:
    if sha256 not in paths:
        raise RenderError(f"A file of this scene is missing: {sha256[:4]}…{sha256[-4:]}.", retry=True)
    return paths[sha256]
