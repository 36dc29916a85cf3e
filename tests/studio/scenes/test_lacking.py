"""What a scene lacks is told at its fields, and what a form of its own makes is judged by its model."""

from typing import Any

import pytest

from gpu_service.protocol.bends import BENT_NETWORKS
from gpu_service.protocol.signal_sets import HITS, JULY
from gpu_service.visualizers import load
from gpu_service.visualizers.catalogue import describe
from studio.networks.models import Snapshot
from studio.scenes.lacking import warnings_of
from studio.scenes.schema import ParameterError, check_parameters, with_defaults


@pytest.fixture(scope="module")
def reactive() -> dict[str, Any]:
    return describe(load("audio-reactive")).model_dump(mode="json", by_alias=True)


def told(entry: dict[str, Any], values: dict[str, Any], *kinds: str, has_projection: bool = False) -> dict[str, str]:
    snapshots = [Snapshot(name=f"{kind} network", kind=kind) for kind in kinds]
    found = warnings_of(entry, with_defaults(entry["schema"], values), snapshots, has_projection=has_projection)
    return {one["field"]: one["sentence"] for one in found}


def test_what_a_visualizer_needs_is_told_where_it_is_chosen():
    blend = describe(load("projection-blend")).model_dump(mode="json", by_alias=True)
    found = told(blend, {})
    assert "has none. Choose one, or make one" in found["projection_id"]
    assert "needs a snapshot" in found["snapshot_ids"]
    assert told(blend, {}, "stylegan2", has_projection=True) == {}


def test_bends_on_a_network_without_maps_are_told_at_once(reactive):
    bend = {"id": "a", "operation": "zoom", "block": 2, "drive": "kick"}
    assert told(reactive, {}, "cppn") == {}
    assert "pattern network" in told(reactive, {"bends": [bend]}, "stylegan2", "cppn")["parameters.bends"]
    assert told(reactive, {"bends": [bend]}, *BENT_NETWORKS[:1]) == {}
    assert "makes colour only at its end" in told(reactive, {"bends": [bend]}, "stylegan3")["bends.a"]
    assert told(reactive, {"bends": [{**bend, "branch": "features"}]}, "stylegan3") == {}
    assert told(reactive, {"bends": [{**bend, "block": 7}]}, "stylegan3") == {}


def test_a_bend_whose_drive_the_signals_lost_is_told(reactive):
    bend = {"id": "a", "operation": "zoom", "drive": "kick"}
    found = told(reactive, {"bends": [bend], "signals": JULY.model_dump(mode="json")}, "stylegan2")
    assert found == {"bends.a": "The signals have no drive named “kick”. Choose another: drums, bass, melody, route."}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("signals", {"energy": {"chain": ["onst"]}}, "there is no function named “onst”"),
        ("signals", {"energy": {"chain": [{"do": "gauss", "sigmma": 2}]}}, "“gauss” has no keyword “sigmma”"),
        ("signals", {"version": 2}, "saved by a newer version of Phosphene"),
        ("bends", [{"id": "a", "operation": "zoomm"}], "0.operation cannot be used"),
        ("bends", [{"id": "a", "operation": "zoom", "block": 5, "last_block": 2}], "ends at block 2"),
        ("bends", [{"id": f"b{number}", "operation": "zoom"} for number in range(33)], "up to 32 bends"),
    ],
)
def test_a_misspelt_word_is_named_when_it_is_set(reactive, name, value, words):
    whole = {**HITS.model_dump(mode="json"), **value} if name == "signals" else value
    with pytest.raises(ParameterError, match=words) as caught:
        check_parameters(reactive["schema"], {name: whole})
    assert caught.value.field == f"parameters.{name}"


def test_the_catalogue_carries_the_language(reactive):
    """A form needs no list of its own: shipped sets, functions, where they stand, their keywords."""
    schema = reactive["schema"]
    sets = schema["properties"]["signals"]["examples"]
    assert [one["name"] for one in sets] == ["Hits", "July", "README", "Last commit", "On time", "Nearest"]
    for one in sets:
        assert check_parameters(schema, {"signals": one}) == {"signals": one}
    steps = {rule["properties"]["do"]["const"]: rule for rule in schema["$defs"].values() if "x-takes" in rule}
    assert {step["do"] for one in sets for key in ("energy", "weights") for step in one[key]["chain"]} <= set(steps)
    assert (steps["onset"]["x-takes"], steps["onset"]["x-gives"]) == (["sound"], "curve")
    assert (steps["peaks"]["x-takes"], steps["peaks"]["x-gives"]) == (["frames"], None)
    assert {name for name, rule in steps.items() if rule["x-many"]} == {"chroma", "decompose"}
