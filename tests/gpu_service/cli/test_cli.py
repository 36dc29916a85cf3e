"""The command line: what it makes, and one sentence and code 2 for everything that a person can mend."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gpu_service.protocol import Recipe
from gpu_service.snapshots.store import write
from tests.conftest import REPOSITORY
from tests.gpu_service.film.films import frames_of
from tests.gpu_service.vectors.nets import little_stylegan2


@pytest.fixture
def film_words(little: Any, tmp_path: Path) -> list[object]:
    """A render that works."""
    words: list[object] = ["render", little.song, "--size", "48x32", "--fps", "10", "--threads", "1"]
    for snapshot in little.snapshots:
        words += ["--snapshot", snapshot]
    return [*words, "--out", tmp_path / "film.mp4"]


def test_a_film_and_its_recipe_are_made(run, film_words, tmp_path):
    record = tmp_path / "run.json"
    code, out, err = run(*film_words, "--seconds", "1", "--set", "alpha=0.3", "--run-config", record)
    assert (code, err) == (0, "")
    assert "film.mp4" in out
    assert len(frames_of(tmp_path / "film.mp4", width=48, height=32)) == 10
    recipe = Recipe.model_validate_json((tmp_path / "film.recipe.json").read_text())
    assert recipe.scene.parameters["alpha"] == 0.3
    assert (recipe.first_frame, recipe.end_frame) == (0, 10)
    kept = json.loads(record.read_text())
    assert kept["current_locals"]["settings"] == ["alpha=0.3"]
    assert kept["networks_paths"] == ["smoke-0.safetensors", "smoke-1.safetensors"]


def test_a_preset_is_the_beginning_and_set_goes_over_it(run, film_words, tmp_path):
    assert run(*film_words, "--preset", "faithful", "--set", "truncation=0.9", "--seconds", "0.2")[0] == 0
    values = Recipe.model_validate_json((tmp_path / "film.recipe.json").read_text()).scene.parameters
    assert (values["motion"], values["truncation"], values["alpha"]) == ("steady", 0.9, 0.25)


def test_a_part_of_the_track_can_be_chosen(run, film_words, tmp_path):
    assert run(*film_words, "--start", "1.5", "--seconds", "0.5")[0] == 0
    recipe = Recipe.model_validate_json((tmp_path / "film.recipe.json").read_text())
    assert (recipe.first_frame, recipe.end_frame) == (15, 20)


def test_snapshots_come_from_a_folder_then_singly_then_from_a_list(run, little, tmp_path):
    listed = tmp_path / "list.json"
    listed.write_text(json.dumps({"networks": [str(little.snapshots[0])]}))
    folder = little.snapshots[0].parent
    code, _, err = run(
        *["render", little.song, "--size", "32", "--fps", "5", "--seconds", "0.2", "--out", tmp_path / "film.mp4"],
        *["--snapshots-dir", folder, "--snapshot", little.snapshots[1], "--snapshots-json", listed],
    )
    assert (code, err) == (0, "")
    recipe = Recipe.model_validate_json((tmp_path / "film.recipe.json").read_text())
    assert [ref.name[-13] for ref in recipe.scene.snapshots] == ["0", "1", "1", "0"]


def test_several_songs_make_one_film(run, film_words, little, tmp_path):
    code, _, err = run(film_words[0], little.song, *film_words[1:], "--start", "2.8", "--seconds", "0.4")
    assert (code, err) == (0, "")
    recipe = Recipe.model_validate_json((tmp_path / "film.recipe.json").read_text())
    assert len(recipe.scene.tracks) == 2
    assert recipe.scene.duration_seconds == pytest.approx(6.0, abs=0.01)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--set", "alpha=-1"], "alpha=-1 cannot be used: write a number from 0 to 1000."),
        (["--set", "alhpa=1"], "There is no parameter named “alhpa”. There are: alpha,"),
        (["--set", "alpha"], "--set alpha: write name=value, such as alpha=0.3."),
        (["--preset", "wild"], "There is no preset named “wild”. There are: paced, faithful, raw."),
        (["--visualizer", "lava"], "There is no visualizer named “lava”."),
        (["--fps", "fast"], "“fast” is not a frame rate. Write it as 30 or 30000/1001."),
        (["--size", "big"], "--size big: write 512, or 1280x720."),
        (["--size", "9999"], "--size 9999: use 16 to 4096 pixels a side."),
        (["--seconds", "-1"], "--seconds -1: use a number above 0."),
        (["--seconds", "nan"], "--seconds nan: use a number above 0."),
        (["--seconds", "inf"], "--seconds inf: use a number above 0."),
        (["--start", "nan"], "--start nan: use 0 to 3.0, the length of the track."),
        (["--start", "77"], "--start 77: use 0 to 3.0, the length of the track."),
        (["--snapshot", "absent.pkl"], "There is no snapshot at absent.pkl."),
        (["--out", "absent/film.mp4"], "There is no folder absent."),
        (["--out", "/"], "/ is a folder. Name the file in it: --out /film.mp4."),
        (["--run-config", "absent/run.json"], "There is no folder absent."),
        (["--log", "absent/run.log"], "There is no folder absent."),
        (["--colour", "red"], "No such option: --colour"),
        (["--crf", "none"], "Invalid value for '--crf'"),
        (["--crf", "99"], "Invalid value for '--crf'"),
        (["--threads", "-4"], "Invalid value for '--threads'"),
        (["--device", "gpu9"], "There is no device named “gpu9” here. There are: auto, cpu"),
        (["--device", "cuda:77"], "There is no device named “cuda:77” here. There are: auto, cpu"),
    ],
)
def test_what_a_person_can_mend_is_one_sentence_and_code_2(run, film_words, words, sentence, tmp_path):
    code, out, err = run(*film_words, *words)
    assert code == 2
    assert err.startswith(sentence)
    assert err.count("\n") == 1
    assert out == ""
    assert not (tmp_path / "film.mp4").exists()


def test_no_words_at_all_show_what_there_is(run):
    code, out, err = run()
    assert (code, err) == (0, "")
    assert "render" in out
    assert out.count("\n") > 5


def test_a_film_never_overwrites_its_own_track(run, film_words, little):
    before = little.song.read_bytes()
    code, _, err = run(*film_words, "--out", little.song)
    assert code == 2
    assert "would overwrite what the film is made of" in err
    assert little.song.read_bytes() == before


def test_a_text_named_mp3_and_a_broken_pkl_are_refused_by_name(run, little, tmp_path):
    song, net = tmp_path / "notes.mp3", tmp_path / "net.pkl"
    song.write_text("la la la\n" * 50)
    net.write_bytes(b"\x80\x04 nothing")
    code, _, err = run("render", song, "--snapshot", little.snapshots[0], "--out", tmp_path / "f.mp4")
    assert code == 2
    assert "“notes.mp3” is text, not sound" in err
    code, _, err = run("render", little.song, "--snapshot", net, "--out", tmp_path / "f.mp4")
    assert code == 2
    assert "“net.pkl”" in err


def test_a_song_that_is_not_there_is_named(run, little):
    code, _, err = run("render", "absent.ogg", "--snapshot", little.snapshots[0])
    assert code == 2
    assert "absent.ogg" in err


def test_no_snapshot_is_a_sentence_with_advice(run, little):
    code, _, err = run("render", little.song)
    assert code == 2
    assert err.startswith("A snapshot is missing.")


def test_the_catalogue_is_printed_as_json_and_as_a_page(run):
    code, out, _ = run("visualizers", "--json")
    assert code == 0
    assert json.loads(out)[0]["schema"]["properties"]["alpha"]["x-slider"] == [0.0, 2.0]
    assert "| `alpha` |" in run("visualizers", "--markdown")[1]
    assert run("visualizers")[1].startswith("noise-blend ")


def test_an_analysis_is_written_as_json(run, little, tmp_path):
    code, _, err = run("analyse", little.song, "--out", tmp_path / "analysis.json")
    assert (code, err) == (0, "")
    found = json.loads((tmp_path / "analysis.json").read_text())
    assert found["duration_seconds"] == pytest.approx(3.0)
    assert "onsets" in found


def test_an_analysis_says_at_once_that_its_folder_is_not_there(run, tmp_path):
    code, _, err = run("analyse", "absent.ogg", "--out", tmp_path / "absent" / "analysis.json")
    assert (code, err) == (2, f"There is no folder {tmp_path / 'absent'}. Make it, or choose another --out.\n")


def test_a_pattern_network_is_six_snapshots_with_thumbnails(run, tmp_path):
    code, out, _ = run("pattern", "--species", "mandala", "--seed", "3", "--out", tmp_path / "made")
    assert code == 0
    assert len(out.split()) == 6
    assert len(list((tmp_path / "made").glob("*.safetensors"))) == 6
    assert len(list((tmp_path / "made").glob("*0.jpg"))) + len(list((tmp_path / "made").glob("*5.jpg"))) == 6
    assert len(list((tmp_path / "made").glob("*.sheet.jpg"))) == 6
    code, _, err = run("pattern", "--species", "lava", "--out", tmp_path / "none")
    assert code == 2
    assert "lava" in err
    assert not (tmp_path / "none").exists()


def test_a_snapshot_tells_what_it_is(run, little):
    code, out, _ = run("snapshot", "info", "--json", little.snapshots[0])
    assert code == 0
    assert json.loads(out)["kind"] == "cppn"
    code, _, err = run("snapshot", "info", little.song)
    assert code == 2
    assert "“clicks.wav”" in err


def test_nvidias_pkl_is_imported_and_rendered_on_the_fly(run, little, sample_data, tmp_path):
    pkl = sample_data / "snapshots" / "sg2ada-64.pkl"
    code, out, err = run("snapshot", "import", pkl, "--out", tmp_path / "ours")
    assert (code, err) == (0, "")
    assert Path(out.strip()).suffix == ".safetensors"
    code, _, err = run(
        *["render", little.song, "--snapshot", pkl, "--size", "32", "--fps", "5"],
        *["--seconds", "0.4", "--out", tmp_path / "f.mp4"],
    )
    assert (code, err) == (0, "")
    recipe = Recipe.model_validate_json((tmp_path / "f.recipe.json").read_text())
    assert recipe.scene.snapshots[0].name.endswith("sg2ada-64.safetensors")
    sources = json.loads((tmp_path / "f.recipe.json").read_text())["sources"]
    assert sources == {recipe.scene.snapshots[0].sha256: hashlib.sha256(pkl.read_bytes()).hexdigest()}


def test_a_pkl_that_ends_early_is_to_be_copied_again(run, little, sample_data, tmp_path):
    cut = tmp_path / "cut.pkl"
    cut.write_bytes((sample_data / "snapshots" / "sg2ada-64.pkl").read_bytes()[:-5000])
    code, _, err = run("render", little.song, "--snapshot", cut, "--out", tmp_path / "f.mp4")
    assert code == 2
    assert "“cut.pkl” ends early" in err
    assert err.endswith("Copy it again.\n")


def test_alpha_has_no_end_that_gance_did_not_have(run, film_words, tmp_path):
    assert run(*film_words, "--seconds", "0.2", "--set", "alpha=12.5", "--set", "spectrum_low=-40")[0] == 0
    values = Recipe.model_validate_json((tmp_path / "film.recipe.json").read_text()).scene.parameters
    assert (values["alpha"], values["spectrum_low"]) == (12.5, -40.0)


def test_a_log_tells_what_was_done_and_how_it_ended(run, film_words, tmp_path):
    log = tmp_path / "run.log"
    assert run(*film_words, "--seconds", "0.2", "--log", log)[0] == 0
    assert run(*film_words, "--seconds", "0.2", "--log", log, "--set", "alpha=-1")[0] == 2
    lines = log.read_text().splitlines()
    assert "Drawing" in "".join(lines)
    assert any("film.mp4 is made" in line for line in lines)
    assert lines[-1].endswith("ERROR   Ended: alpha=-1 cannot be used: write a number from 0 to 1000.")


def test_a_service_without_studio_or_token_does_not_start(run, monkeypatch):
    monkeypatch.delenv("GPU_STUDIO", raising=False)
    monkeypatch.delenv("GPU_TOKEN", raising=False)
    assert "The studio's address is missing." in run("serve")[2]
    assert "The service token is missing." in run("serve", "--studio", "http://127.0.0.1:1")[2]


def test_a_wrong_setting_stops_the_start(run, monkeypatch):
    monkeypatch.setenv("GPU_PREVIEW_SLOTS", "many")
    code, _, err = run("serve", "--studio", "http://127.0.0.1:1", "--token", "x")
    assert (code, err) == (2, 'GPU_PREVIEW_SLOTS="many": use a whole number from 0 to 64.\n')


def test_the_command_of_the_manual_shows_no_traceback(tmp_path):
    words = [sys.executable, "-m", "gpu_service", "render", "absent.ogg", "--snapshot", "absent.pkl"]
    ended = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 2
    assert ended.stderr == "There is no snapshot at absent.pkl.\n"


def test_looking_at_the_catalogue_does_not_load_torch():
    code = "import sys, gpu_service.visualizers.catalogue as c; c.catalogue(); print('torch' in sys.modules)"
    words = [sys.executable, "-c", code]
    ended = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=True)
    assert ended.stdout == "False\n"


def test_directions_are_found_and_a_path_along_them_is_filmed(run, little, tmp_path):
    found, snapshot = tmp_path / "found.safetensors", little.snapshots[0]
    words = ["snapshot", "directions", snapshot, "--method", "ganspace", "--count", "3", "--samples", "200"]
    code, out, err = run(*words, "--out", found)
    assert (code, err) == (0, "")
    assert "3 directions" in out
    step = {"file": hashlib.sha256(found.read_bytes()).hexdigest(), "index": 0, "amount": 2}
    path = [{"vector": {"seed": 1}, "length": 2}, {"vector": {"seed": 1, "steps": [step]}, "length": 2}]
    (tmp_path / "path.json").write_text(json.dumps(path))
    film = ["render", little.song, "--visualizer", "path", "--snapshot", snapshot, "--size", "32", "--fps", "5"]
    film += ["--seconds", "1", "--set", f"path=@{tmp_path / 'path.json'}", "--set", "interpolation=linear"]
    film += ["--threads", "1", "--out", tmp_path / "film.mp4"]
    code, _, err = run(*film)
    assert (code, "file of directions is missing" in err) == (2, True)
    assert run(*film, "--directions", found)[0] == 0
    recipe = Recipe.model_validate_json((tmp_path / "film.recipe.json").read_text())
    assert recipe.scene.parameters["path"][1]["vector"]["steps"][0]["file"] == step["file"]
    # The song's clicks come every half second, so its grid is found and goes into the recipe.
    assert recipe.scene.markers[0].bpm == pytest.approx(120, abs=2)
    assert step["file"] in json.loads((tmp_path / "film.recipe.json").read_text())["files"]


def test_a_harvest_is_a_zip_and_a_sheet(run, little, tmp_path):
    code, out, err = run("snapshot", "harvest", little.snapshots[0], "--count", "3", "--out", tmp_path / "crop")
    assert (code, err) == (0, "")
    assert "3 of 3 pictures" in out
    assert {path.name for path in (tmp_path / "crop").iterdir()} == {"harvest.zip", "sheet.jpg"}


def test_without_a_class_a_harvest_takes_the_first_and_says_so(run, tmp_path):
    write(little_stylegan2(classes=3), tmp_path / "net.safetensors")
    words = ["snapshot", "harvest", tmp_path / "net.safetensors", "--count", "1"]
    code, _, err = run(*words, "--out", tmp_path / "first")
    assert (code, err) == (0, "Without --class, the first of 3 classes is drawn.\n")
    for label in (0, 2):
        assert run(*words, "--class", str(label), "--out", tmp_path / str(label))[2] == ""
    sheets = [(tmp_path / name / "sheet.jpg").read_bytes() for name in ("first", "0", "2")]
    assert sheets[0] == sheets[1] != sheets[2]


PATH_FILM = ["render", "SONG", "--visualizer", "path", "--snapshot", "NET"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["snapshot", "directions", "NET", "--method", "pca"], "--method pca: input should be 'sefa' or 'ganspace'."),
        (["snapshot", "directions", "NET", "--rows", "a-b"], "--rows a-b: write the first and the last row"),
        (["snapshot", "directions", "NET", "--rows", "0-4"], "look at rows 0 to 4; this network has row 0 alone."),
        (["snapshot", "directions", "nothing.pkl"], "There is no snapshot at nothing.pkl."),
        (["snapshot", "harvest", "NET", "--count", "0"], "--count 0: input should be greater than or equal to 1."),
        (["snapshot", "harvest", "NET", "--class", "3"], "There is no class 3: this network has no classes."),
        (
            ["render", "SONG", "--visualizer", "path", "--snapshot", "NET", "--set", "path=[{]"],
            "--set path: this is no JSON",
        ),
        (["render", "SONG", "--visualizer", "path", "--snapshot", "NET"], "This path has no pins yet."),
        (
            ["render", "SONG", "--visualizer", "explore", "--snapshot", "NET"],
            "--visualizer explore draws no films, it is the explorer’s. There are: noise-blend,",
        ),
    ],
)
def test_what_cannot_be_explored_is_one_sentence(run, little, tmp_path, words, sentence):
    names = {"NET": little.snapshots[0], "SONG": little.song}
    out = [] if words[0] == "render" else ["--out", tmp_path / "out.safetensors"]
    code, _, err = run(*[names.get(word, word) for word in words], *out)
    assert code == 2
    assert sentence in err
    assert err.count("\n") <= 1
