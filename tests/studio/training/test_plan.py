"""The plan: every setting with its value, and what does not fit in a sentence."""

import hashlib
from typing import Any

import pytest

from gpu_service.protocol import TrainingConfig
from gpu_service.protocol.training_presets import presets, resolve
from gpu_service.protocol.training_words import WORDS
from studio.datasets.models import DatasetVersion
from studio.training.models import TrainingRun
from tests.studio.training.parts import make_version, sentences, start

pytestmark = pytest.mark.django_db


def field_of(told: dict[str, Any], name: str) -> dict[str, Any]:
    return next(field for field in told["fields"] if field["name"] == name)


def test_every_setting_is_shown_with_its_default_and_explained(plan):
    told = plan(changes={"gamma": 0.5, "metrics": ["sharpness"]})
    assert [field["name"] for field in told["fields"]] == list(WORDS)
    assert set(WORDS) == set(TrainingConfig.model_fields) - {"preset"}
    assert all(field["title"] and field["description"] and field["group"] for field in told["fields"])
    gamma = field_of(told, "gamma")
    assert (gamma["value"], gamma["default"], gamma["changed"]) == (0.5, resolve("small", size=64).gamma, True)
    assert (gamma["kind"], gamma["minimum"], gamma["maximum"]) == ("number", 0, 10_000)
    assert field_of(told, "batch")["kind"] == "integer"
    assert field_of(told, "mirror")["kind"] == "boolean"
    assert field_of(told, "micro_batch")["optional"]
    family = field_of(told, "family")
    assert (family["kind"], family["choices"][1]) == ("choice", {"value": "stylegan3-t", "title": "StyleGAN3-T"})
    assert field_of(told, "metrics")["kind"] == "choices"
    assert {one["name"] for one in told["differences"]} == {"gamma", "metrics"}
    assert (told["problems"], told["size"], told["pictures"]) == ([], 64, 400)


@pytest.mark.parametrize("preset", presets())
def test_every_preset_makes_a_plan_that_can_be_started(plan, client, project, preset):
    told = plan(preset=preset, size=64)
    assert (told["problems"], told["config"]["preset"]) == ([], preset)
    order = {"name": preset, "upload_id": told["version"]["id"], "config": told["config"]}
    assert client.call("POST", f"/projects/{project.pk}/training/runs", order).status_code == 201
    assert TrainingConfig.model_validate(TrainingRun.objects.get().config) == resolve(preset, size=64)


def test_too_few_pictures_are_refused_and_few_are_warned_of(plan, client, project):
    told = plan({"count": 3})
    assert sentences(told) == [
        (
            "version",
            "3 pictures: too few. Training needs at least 8 pictures, and some hundreds to look like anything.",
        )
    ]
    answer = start(client, project, {"upload_id": told["version"]["id"]})
    assert (answer.status_code, answer.json()["field"]) == (422, "version_id")
    assert not TrainingRun.objects.exists()
    assert plan({"count": 50})["warnings"][0].startswith("50 pictures are few")


def test_pictures_that_are_no_squares_of_a_power_of_two_are_offered_padded_or_cropped(plan, client, project):
    told = plan({"width_px": 640, "height_px": 480})
    assert told["size"] == 512
    assert sentences(told) == [
        ("fit", "The pictures are 640 × 480 and the network draws 512 × 512. Choose padded or cropped.")
    ]
    assert told["offers"] == [{"fit": "pad", "size": 512}, {"fit": "crop", "size": 512}]
    assert told["aspect"] == pytest.approx(640 / 480)
    for offer in told["offers"]:
        again = plan({"width_px": 640, "height_px": 480}, **offer)
        assert again["problems"] == []
    source = {"upload_id": again["version"]["id"]}
    answer = start(client, project, source, fit="pad", config=again["config"])
    assert (answer.status_code, answer.json()["fit"]) == (201, "pad")
    assert answer.json()["aspect"] == pytest.approx(640 / 480)
    assert sentences(plan({"facts": {"mixed": True}}))[0][1] == (
        "The pictures are not all of one size. Choose padded or cropped to 64 × 64."
    )


def test_a_size_that_is_no_power_of_two_is_refused(plan):
    told = plan(size=100)
    assert sentences(told) == [("size", "100 is no power of two. Use 16, 32, 64, 128, 256, 512 or 1024.")]
    assert (told["config"], told["sizes"]) == (None, [16, 32, 64, 128, 256, 512, 1024])
    assert sentences(plan(size=4096))[0][0] == "size"


def test_a_version_that_keeps_its_shape_is_trained_padded(client, project, plan):
    version = make_version(client, project, size=(120, 80), aspect="keep")
    told = plan(version_id=version["id"])
    assert (told["version"]["width"], told["version"]["height"], told["size"]) == (64, 43, 32)
    assert told["aspect"] == pytest.approx(1.5, abs=0.02)
    assert told["needs_export"]
    answer = start(client, project, {"version_id": version["id"]}, fit="pad")
    assert answer.status_code == 201, answer.content
    assert answer.json()["aspect"] == pytest.approx(1.5, abs=0.02)


def test_a_version_that_is_being_frozen_waits(client, project, plan):
    version = make_version(client, project)
    DatasetVersion.objects.update(is_frozen=False)
    assert sentences(plan(version_id=version["id"])) == [
        ("version", "This version is still being frozen. Wait for it, then train.")
    ]


def test_settings_that_do_not_fit_together_are_named(plan):
    told = plan(changes={"batch": 10, "mbstd_group": 4})
    assert sentences(told) == [("batch", "A batch of 10 does not divide into groups of 4.")]
    assert sentences(plan(changes={"gamma": -1}))[0] == (
        "gamma",
        "R1 weight: input should be greater than or equal to 0.",
    )
    told = plan(changes={"warp_drive": 9})
    assert told["problems"][0]["sentence"].startswith("“warp_drive” is no setting of training. There are size,")
    assert sentences(plan(changes={"labels": True})) == [
        (
            "labels",
            "These pictures have no labels. Train without, or send a zip whose dataset.json names a class for each.",
        )
    ]
    assert plan({"num_classes": 5}, changes={"labels": True})["problems"] == []


def test_an_empty_value_is_a_choice_where_it_may_be_one(plan):
    told = plan(changes={"ema_ramp": None, "conv_clamp": None})
    assert (told["config"]["ema_ramp"], told["config"]["conv_clamp"], told["problems"]) == (None, None, [])


def test_figures_on_features_need_the_operators_network(client, project, plan, settings, tmp_path, service):
    asked = {"changes": {"metrics": ["sharpness", "fid", "kid"]}}
    assert "Left out: FID, KID. They need a network for features" in plan(**asked)["warnings"][0]
    settings.TRAINING_FEATURES = tmp_path / "features.safetensors"
    settings.TRAINING_FEATURES.write_bytes(b"a network for features")
    told = plan(**asked)
    assert told["warnings"] == []
    assert start(client, project, {"upload_id": told["version"]["id"]}, config=told["config"]).status_code == 201
    inputs = {item["role"]: item for item in service.claim("train")["inputs"]}
    assert inputs["features"]["sha256"] == hashlib.sha256(b"a network for features").hexdigest()
    assert service.call("GET", f"/inputs/{inputs['features']['sha256']}").status_code == 200


def test_presets_are_told_with_the_names_of_all_settings(client):
    told = client.call("GET", "/training/presets").json()
    assert [preset["name"] for preset in told["items"]] == presets()
    assert [setting["name"] for setting in told["settings"]] == list(WORDS)
