"""Our writer of safetensors against the library's."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from gpu_service.snapshots.array_file import write_arrays

SHAPES = st.lists(st.integers(0, 5), max_size=4).map(tuple)
NAMES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=8)


@given(shapes=st.dictionaries(NAMES, SHAPES, min_size=1, max_size=6), note=st.text(max_size=20))
def test_the_bytes_are_those_of_the_library(tmp_path_factory, shapes, note):
    folder = tmp_path_factory.mktemp("arrays")
    chance = np.random.default_rng(0)
    arrays = {name: chance.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    write_arrays(arrays, folder / "ours", metadata={"phosphene": note})
    save_file(arrays, folder / "theirs", metadata={"phosphene": note})
    assert (folder / "ours").read_bytes() == (folder / "theirs").read_bytes()


def test_views_of_a_file_that_are_not_aligned_are_written_as_they_are(tmp_path):
    flat = np.frombuffer(b"x" + np.arange(6, dtype=np.float32).tobytes(), np.float32, count=6, offset=1)
    write_arrays({"a": flat.reshape(2, 3)}, tmp_path / "a", metadata={})
    assert (tmp_path / "a").read_bytes().endswith(np.arange(6, dtype=np.float32).tobytes())
