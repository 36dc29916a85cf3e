"""Projection files of strangers: whatever is in them is refused with a sentence, or read, and nothing else happens."""

import zlib
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_service.errors import RenderError
from gpu_service.projection.check import check_projection
from gpu_service.projection.file import read_projection
from tests.gpu_service.projection.files import ROWS, SIDE, WIDTH, original


def spoil(path: Path, how: str, folder: Path) -> None:
    """Make a sound file a hostile one."""
    with h5py.File(path, "a") as file:
        latents, name = file["final_latents"], "final_latents_3"
        if how == "external link":
            with h5py.File(folder / "other.hdf5", "w") as other:
                other["secret"] = np.zeros((1, ROWS, WIDTH), np.float32)
            del latents[name]
            latents[name] = h5py.ExternalLink(str(folder / "other.hdf5"), "/secret")
        elif how == "group by external link":
            with h5py.File(folder / "other.hdf5", "w") as other:
                other.create_group("g")
            del file["final_latents"]
            file["final_latents"] = h5py.ExternalLink(str(folder / "other.hdf5"), "/g")
        elif how == "soft link":
            del latents[name]
            latents[name] = h5py.SoftLink("/final_latents/final_latents_0")
        elif how == "numbers in another file":
            del latents[name]
            (folder / "raw").write_bytes(b"\0" * ROWS * WIDTH * 4)
            latents.create_dataset(
                name, (1, ROWS, WIDTH), np.float32, external=[(str(folder / "raw"), 0, ROWS * WIDTH * 4)]
            )
        elif how == "virtual numbers":
            del latents[name]
            source = h5py.VirtualSource(str(folder / "other.hdf5"), "x", shape=(1, ROWS, WIDTH))
            whole = h5py.VirtualLayout((1, ROWS, WIDTH), np.float32)
            whole[:] = source
            latents.create_virtual_dataset(name, whole)
        elif how == "a huge shape":
            del latents[name]
            latents.create_dataset(name, (1, 1 << 20, 1 << 20), np.float32, chunks=(1, 1, 1024))
        elif how == "nothing behind the shape":
            del latents[name]
            latents.create_dataset(name, (1, ROWS, WIDTH), np.float32, chunks=(1, ROWS, WIDTH))
        elif how == "text for numbers":
            del latents[name]
            latents.create_dataset(name, data=np.full((1, ROWS, WIDTH), b"x"))
        elif how == "references":
            del latents[name]
            latents.create_dataset(name, (1, ROWS, WIDTH), h5py.ref_dtype)
        elif how == "not finite":
            latents[name][0, 0, 0] = np.nan
        elif how == "another size":
            del latents[name]
            latents.create_dataset(name, data=np.zeros((1, ROWS, WIDTH + 1), np.float32))
        elif how == "a frame missing":
            del latents[name]
        elif how == "a stranger":
            latents["readme"] = 1.0
        elif how == "itself inside":
            del latents[name]
            latents[name] = file["/"]
        elif how == "a newer version":
            file.attrs["version_number"] = 3
        elif how == "no rate":
            file.attrs["projection_fps"] = np.nan
        elif how == "no frames":
            del file["final_latents"]
            file.create_group("final_latents")
        elif how == "frames without number":
            file.attrs["projection_frame_count"] = 1 << 62
        elif how == "a program for a filter":
            del latents[name]
            plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            plan.set_chunk((1, ROWS, WIDTH))
            plan.set_filter(32001, h5py.h5z.FLAG_OPTIONAL, ())
            space = h5py.h5s.create_simple((1, ROWS, WIDTH))
            held = h5py.h5d.create(latents.id, name.encode(), h5py.h5t.IEEE_F32LE, space, plan)
            h5py.Dataset(held)[:] = 0


HOSTILE = {
    "external link": "points elsewhere",
    "group by external link": "points elsewhere",
    "soft link": "points elsewhere",
    "numbers in another file": "points to another file",
    "virtual numbers": "points to another file",
    "a huge shape": "larger than any picture",
    "nothing behind the shape": "holds nothing of it",
    "text for numbers": "something else than numbers",
    "references": "something else than numbers",
    "not finite": "not finite",
    "another size": "two sizes",
    "a frame missing": "lacks frame 3",
    "a stranger": "readme",
    "itself inside": "something else than an array",
    "a newer version": "newer",
    "no rate": "projection_fps",
    "no frames": "no frame yet",
    "frames without number": "projection_frame_count",
    "a program for a filter": "packs",
}


@pytest.mark.parametrize("how", HOSTILE)
def test_hostile_files_are_refused_with_a_sentence(tmp_path: Path, how: str):
    path = original(tmp_path / "p.hdf5")
    spoil(path, how, tmp_path)
    with pytest.raises(RenderError, match=HOSTILE[how]) as refusal:
        read_projection(path)
    assert refusal.value.kind == "bad_input"


@pytest.mark.parametrize("content", [b"", b"text", b"\x89HDF\r\n\x1a\n", b"\x89HDF\r\n\x1a\n" + b"\xff" * 2000])
def test_what_is_no_file_of_this_kind_is_refused(tmp_path: Path, content: bytes):
    (tmp_path / "p.hdf5").write_bytes(content)
    with pytest.raises(RenderError):
        read_projection(tmp_path / "p.hdf5")
    with pytest.raises(RenderError, match="no file"):
        read_projection(tmp_path / "absent.hdf5")


@lru_cache(maxsize=1)
def sound_bytes(folder: Path) -> bytes:
    """A small file of the original's, to be spoilt."""
    return original(folder / "whole.hdf5", frames=2, steps=1).read_bytes()


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_cut_and_flipped_files_are_read_or_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    folder = tmp_path_factory.getbasetemp()
    whole = sound_bytes(folder)
    if data.draw(st.booleans()):
        content = whole[: data.draw(st.integers(0, len(whole) - 1))]
    else:
        spoilt = bytearray(whole)
        for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=8)):
            spoilt[place] ^= data.draw(st.integers(1, 255))
        content = bytes(spoilt)
    (folder / "p.hdf5").write_bytes(content)
    try:
        read = read_projection(folder / "p.hdf5", unfinished=True)
        assert np.isfinite(read.latents).all()
        read.target(0), read.images_history(0)
    except RenderError:
        pass


def test_a_strangers_file_is_looked_through_in_a_process_of_its_own(tmp_path: Path):
    found = check_projection(original(tmp_path / "p.hdf5"))
    assert (found.frames, found.num_ws, found.w_dim, found.fps) == (12, ROWS, WIDTH, Fraction(15000, 1001))
    assert (found.width, found.height, found.is_complete, found.network_md5) == (SIDE, SIDE, True, "dd" * 16)

    with pytest.raises(RenderError, match="is no HDF5 file"):
        check_projection(write_bytes(tmp_path / "text.hdf5", b"text"))


def test_a_file_that_unpacks_to_gigabytes_is_refused(tmp_path: Path):
    path = original(tmp_path / "p.hdf5", frames=2, steps=1)
    with h5py.File(path, "a") as file:
        del file["final_latents/final_latents_1"]
        held = file["final_latents"].create_dataset(
            "final_latents_1", (1, ROWS, WIDTH), np.float32, chunks=(1, ROWS, WIDTH), compression="gzip"
        )
        held.id.write_direct_chunk((0, 0, 0), gigabytes_of_zeros())
    with pytest.raises(RenderError):
        check_projection(path)


def gigabytes_of_zeros() -> bytes:
    """Three of them, in some megabytes: one packed block again and again."""
    packer = zlib.compressobj(1)
    head = packer.compress(bytes(16 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(16 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * 191


def write_bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
