"""Scene files and records: what a page exports is drawn without it, and a film can be made once more."""

import json
import shutil
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_service.errors import RenderError
from gpu_service.protocol import CueSpec, MarkerSpec, Recipe
from gpu_service.protocol.routes import CueAction
from gpu_service.scene_file import SceneFile, read_scene_file
from tests.gpu_service.film.films import frames_of
from tests.gpu_service.routes.scenes import route


def exported(little, folder: Path, **more) -> SceneFile:
    """The little scene with two routes and a cue, its files copied beside the scene file."""
    names = {}
    for sha256, path in little.files.items():
        shutil.copy(path, folder / path.name)
        names[sha256] = path.name
    fields = {
        "cues": [CueSpec(seconds=1.0, label="Drop"), CueSpec(seconds=2, end_seconds=2.5, kind="span", label="Drop")],
        "markers": [MarkerSpec(seconds=0.25, bpm=120)],
        "routes": [
            route("truncation", {"kind": "band", "band": "high"}, id="a", amount=0.4, attack_seconds=0.05),
            route("noise_range", {"kind": "cue", "label": "Drop"}, id="b", amount=-0.5),
        ],
        "actions": [CueAction(label="Drop", kind="snapshot", snapshot=0, seconds=0.3)],
        **more,
    }
    scene = little.scene(alpha=0.3).model_copy(update=fields)
    return SceneFile.of(scene, names)


def test_a_scene_file_reads_back_as_it_was_written(little, tmp_path):
    told = exported(little, tmp_path)
    text = told.to_yaml()
    assert read_scene_file(text) == told
    assert text.startswith("format: phosphene scene\nversion: 1\nvisualizer: noise-blend\n")
    assert "kind: band" in text  # also where it is what it always is
    assert "is_bypassed" not in text


def test_a_scene_file_gives_the_film_of_the_same_words(run, little, tmp_path):
    (tmp_path / "scene.yaml").write_text(exported(little, tmp_path, routes=[], actions=[]).to_yaml())
    words = ["--seconds", "0.6", "--threads", "1"]
    assert run("render", "--scene", tmp_path / "scene.yaml", *words, "--out", tmp_path / "a.mp4")[0] == 0
    snapshots = [word for path in little.snapshots for word in ("--snapshot", path)]
    plain = [little.song, *snapshots, "--size", "48x32", "--fps", "10", "--set", "alpha=0.3"]
    assert run("render", *plain, *words, "--out", tmp_path / "b.mp4")[0] == 0
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    recipe = Recipe.model_validate_json((tmp_path / "a.recipe.json").read_text())
    assert [cue.label for cue in recipe.scene.cues] == ["Drop", "Drop"]


def test_a_film_is_made_once_more_from_its_record(run, little, tmp_path):
    (tmp_path / "scene.yaml").write_text(exported(little, tmp_path).to_yaml())
    record, first, again = tmp_path / "run.json", tmp_path / "a.mp4", tmp_path / "b.mp4"
    code, _, err = run(
        *["render", "--scene", tmp_path / "scene.yaml", "--seconds", "1.2", "--threads", "1"],
        *["--run-config", record, "--out", first],
    )
    assert (code, err) == (0, "")
    kept = record.read_bytes()
    code, _, err = run("render", "--run-config", record, "--out", again)
    assert (code, err) == (0, "")
    assert record.read_bytes() == kept
    frames = [frames_of(film, width=48, height=32) for film in (first, again)]
    assert len(frames[0]) == 12
    assert (frames[0] == frames[1]).all()
    recipes = [json.loads(film.with_suffix(".recipe.json").read_text())["sha256"] for film in (first, again)]
    assert recipes[0] == recipes[1]

    elsewhere = json.loads(kept)
    elsewhere["recipe"]["code_path"]["device_kind"] = "cuda"
    (tmp_path / "gpu.json").write_text(json.dumps(elsewhere))
    code, _, err = run("render", "--run-config", tmp_path / "gpu.json", "--out", again)
    assert code == 2
    assert "was drawn on “cuda”" in err

    # A film's recipe is a record, too, with the files beside it; a studio's names snapshots without an ending.
    recipe = json.loads(first.with_suffix(".recipe.json").read_text())
    recipe["files"] = {sha256: name.removesuffix(".safetensors") for sha256, name in recipe["files"].items()}
    (tmp_path / "film.recipe.json").write_text(json.dumps(recipe))
    code, _, err = run("render", "--run-config", tmp_path / "film.recipe.json", "--out", again)
    assert (code, err) == (0, "")
    assert (frames_of(again, width=48, height=32) == frames[0]).all()

    # A file that moved beside the record is found; one that changed is not used.
    song = tmp_path / little.song.name
    song.write_bytes(song.read_bytes()[:-400])
    code, _, err = run("render", "--run-config", record, "--out", again)
    assert code == 2
    assert "has changed since this film was made" in err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda told: told.update(version=2), "from a newer Phosphene"),
        (lambda told: told.update(visualiser="x"), "visualiser cannot be used"),
        (lambda told: told["routes"][0].update(amout=1), "routes.0.amout cannot be used"),
        (lambda told: told["routes"][1]["source"].update(label="Gone"), "cues labelled “Gone”, and there is none"),
        (lambda told: told["routes"].append({**deepcopy(told["routes"][0]), "id": "b"}), "Two routes are named “b”"),
        (lambda told: told["tracks"][0].update(file="gone.wav"), "A file of this scene is missing"),
        (lambda told: told["tracks"][0].update(sha256="0" * 64), "is another file than the one"),
        (lambda told: told.update(tracks=[]), "names no track"),
        (lambda told: told["parameters"].update(alfa=1), "There is no parameter named “alfa”"),
        (lambda told: told.pop("format"), "This is no scene file"),
    ],
)
def test_a_scene_file_that_cannot_be_used_says_why(run, little, tmp_path, change, words):
    told = yaml.safe_load(exported(little, tmp_path).to_yaml())
    change(told)
    (tmp_path / "scene.yaml").write_text(yaml.safe_dump(told, sort_keys=False))
    code, _, err = run("render", "--scene", tmp_path / "scene.yaml", "--out", tmp_path / "f.mp4")
    assert code == 2
    assert words in err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [1", "no YAML at line"),
        ("x: &a [1]\ny: [*a, *a]", "refers to parts of itself"),
        ("!!python/object/apply:os.system ['true']", "no YAML"),
        ("- 1", "no scene file"),
        ("\x00", "no YAML"),
        ("[" * 100_000, "more than 40 deep"),
    ],
)
def test_hostile_scene_files_are_refused(text, words):
    with pytest.raises(RenderError, match=words):
        read_scene_file(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_sentence(text):
    with pytest.raises(RenderError):
        read_scene_file(text)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["render"], "A track is missing"),
        (["render", "--scene", "gone.yaml"], "There is no scene file at gone.yaml"),
        (["render", "--run-config", "gone.json"], "There is no record at gone.json"),
        (["render", "--run-config", "run.json", "--size", "64"], "leave out --size"),
        (["render", "song.wav", "--scene", "gone.yaml"], "names its own track"),
        (["curves", "--visualizer", "noise-blend"], "A track is missing"),
    ],
)
def test_what_is_missing_is_said(run, words, sentence):
    code, _, err = run(*words)
    assert code == 2
    assert sentence in err
