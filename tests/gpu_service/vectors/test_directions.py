import json

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from gpu_service.errors import RenderError
from gpu_service.vectors.directions import read_directions, write_directions


def test_directions_come_back_as_they_were(directions, directions_file, tmp_path):
    read = read_directions(directions_file)
    for name in ("directions", "scale", "mean"):
        assert np.array_equal(getattr(read, name), getattr(directions, name))
    assert read.facts == directions.facts
    write_directions(read, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == directions_file.read_bytes()


def test_the_file_is_as_the_contract_says(directions_file):
    with safe_open(directions_file, framework="numpy") as file:
        assert {name: file.get_slice(name).get_shape() for name in file.keys()} == {  # noqa: SIM118 - not a dict
            "directions": [3, 10],
            "scale": [3],
            "mean": [10],
        }
        ((key, text),) = file.metadata().items()
    facts = json.loads(text)
    assert key == "phosphene_directions"
    assert text == json.dumps(facts, sort_keys=True)
    assert set(facts) == {"form", "method", "snapshot_sha256", "shares", "rows", "samples"}


def test_what_is_no_file_of_directions_is_refused(tmp_path, directions_file):
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"no numbers at all")
    cut = tmp_path / "cut"
    cut.write_bytes(directions_file.read_bytes()[:-8])
    bare = tmp_path / "bare"
    save_file({"directions": np.zeros((2, 3), np.float32)}, bare)
    other = tmp_path / "other"
    with safe_open(directions_file, framework="numpy") as file:
        note = file.metadata()
    zeros = {"directions": np.zeros((3, 10), np.float32), "scale": np.zeros(3, np.float32)}
    save_file({**zeros, "mean": np.zeros(9, np.float32)}, other, metadata=note)
    infinite = tmp_path / "infinite"
    save_file({**zeros, "mean": np.full(10, np.nan, np.float32)}, infinite, metadata=note)
    for path in (wrong, cut, bare, other, infinite, tmp_path / "absent"):
        with pytest.raises(RenderError, match="cannot be read"):
            read_directions(path)
