"""The plan: every setting with its value, what does not fit in a sentence, what it costs; and tries that measure."""

import hashlib
import math
from typing import Any

import pytest

from gpu_service.networks import discriminator_layout, stylegan2_layout, stylegan3_layout
from gpu_service.protocol import TrainingConfig
from gpu_service.protocol.training_bytes import checkpoint_bytes, disk_bytes, parameters, snapshot_bytes, training_bytes
from gpu_service.protocol.training_presets import presets, resolve
from gpu_service.protocol.training_words import WORDS
from gpu_service.snapshots.facts import BUFFERS
from studio.blobs.store import readable_size
from studio.datasets.models import DatasetVersion
from studio.events.models import Event
from studio.training.models import TrainingRun
from tests.studio.features import make_network
from tests.studio.services.conftest import service as service
from tests.studio.training.parts import config, make_start, make_upload, make_version, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(owner, as_user):
    return as_user(owner)


@pytest.fixture
def plan(client, project):
    """Ask for the plan of an uploaded zip; more makes another zip."""

    def ask(zip_values: dict[str, Any] | None = None, **order: Any) -> dict[str, Any]:
        body = {"preset": "small", **order}
        if "version_id" not in order:
            body["upload_id"] = str(make_upload(project, **zip_values or {}).pk)
        answer = client.call("POST", f"/projects/{project.pk}/training/plan", body)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


def sentences(told: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem["field"], problem["sentence"]) for problem in told["problems"]]


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


def test_fine_tuning_takes_over_the_architecture_of_its_start(plan, project):
    snapshot = make_start(project)
    told = plan(start_snapshot_id=str(snapshot.pk))
    fixed = {field["name"]: field["value"] for field in told["fields"] if field["fixed"]}
    shapes = {"z_dim": 16, "w_dim": 16, "mapping_layers": 2, "channel_base": 256, "channel_max": 16}
    assert fixed == {**shapes, "size": 64, "family": "stylegan2", "labels": False}
    assert (told["problems"], told["sizes"]) == ([], [64])
    assert (told["config"]["d_channel_base"], told["config"]["ada_kimg"]) == (256, 100)
    assert (told["start"]["name"], told["start"]["has_discriminator"]) == ("ffhq-005000", None)


def test_what_does_not_fit_the_start_is_refused(plan, project, client):
    snapshot = make_start(project)
    asked = {"start_snapshot_id": str(snapshot.pk)}
    told = plan(**asked, size=128, fit="crop")
    assert sentences(told) == [
        ("size", "“ffhq-005000” draws 64 pixels a side, so a run that starts with it does too. Choose 64.")
    ]
    told = plan(**asked, changes={"channel_max": 32})
    assert sentences(told) == [
        (
            "channel_max",
            "Most feature maps (generator): “ffhq-005000” has 16, and what starts with it keeps that.",
        )
    ]
    assert sentences(plan(**asked, preset="stylegan3-t"))[0] == (
        "preset",
        "“ffhq-005000” is a StyleGAN2 network: choose a preset of that kind.",
    )
    answer = start(client, project, {"upload_id": told["version"]["id"]}, **asked, config=config(z_dim=32))
    assert (answer.status_code, answer.json()["field"]) == (422, "config.z_dim")
    assert answer.json()["detail"] == "Length of z: “ffhq-005000” has 16, and what starts with it keeps that."


def test_a_start_with_other_classes_is_refused(plan, project):
    snapshot = make_start(project, num_classes=10, config={"c_dim": 10})
    asked = {"start_snapshot_id": str(snapshot.pk)}
    assert sentences(plan(**asked))[0][0] == "labels"
    assert sentences(plan({"num_classes": 5}, **asked)) == [
        ("start", "“ffhq-005000” knows 10 classes and these pictures have 5. Choose another start.")
    ]
    assert plan({"num_classes": 10}, **asked)["problems"] == []


def test_a_start_that_cannot_be_one_is_refused(client, project, person, as_user):
    upload = str(make_upload(project).pk)

    def ask(snapshot_id: Any) -> tuple[str, str]:
        body = {"upload_id": upload, "start_snapshot_id": str(snapshot_id)}
        answer = client.call("POST", f"/projects/{project.pk}/training/plan", body)
        assert answer.status_code == 422, answer.content
        return answer.json()["field"], answer.json()["detail"]

    pattern = make_network(project).snapshots.first()
    assert ask(pattern.pk) == (
        "start_snapshot_id",
        "“tidepool-0” is a snapshot of a pattern network: those are drawn, not trained. Choose another start.",
    )
    other = as_user(person("Other")).call("POST", "/projects", {"name": "Other"}).json()["id"]
    foreign = make_start(project)
    foreign.network.project_id = other
    foreign.network.save()
    assert ask(foreign.pk)[1] == "There is no such snapshot in this project. Choose another start."
    for body in ({}, {"upload_id": upload, "version_id": upload}):
        answer = client.call("POST", f"/projects/{project.pk}/training/plan", body)
        assert answer.json()["detail"] == "Choose a version of a dataset or an uploaded zip: one of them."


def test_a_rotating_start_is_recognised(plan, project):
    more = {"use_radial_filters": True, "conv_kernel": 1, "channel_base": 65536, "channel_max": 1024}
    snapshot = make_start(project, kind="stylegan3", config=more)
    told = plan(start_snapshot_id=str(snapshot.pk), preset="stylegan3-r")
    assert (told["problems"], told["config"]["family"]) == ([], "stylegan3-r")
    assert (told["config"]["channel_base"], told["config"]["d_channel_base"]) == (65536, 32768)
    blurs = [told["config"]["blur_sigma"], plan(preset="stylegan3-r")["config"]["blur_sigma"]]
    assert blurs == [0, 10]  # a discriminator that knows sharp pictures is shown no others


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


def test_disk_is_counted_ahead_and_a_full_one_refuses(plan, settings):
    told = plan()
    wanted = TrainingConfig.model_validate(told["config"])
    assert told["disk_bytes"] == disk_bytes(wanted) > 20 * snapshot_bytes(wanted)
    settings.FREE_BYTES_FLOOR = 10**18
    (problem,) = plan()["problems"]
    least = readable_size(2 * checkpoint_bytes(wanted) + 2 * training_bytes(wanted))
    assert problem["sentence"] == (
        f"The studio’s disk has 0 bytes left, and this run keeps {least} at the least. "
        "Free some, or choose a smaller one."
    )


@pytest.mark.parametrize("classes", [0, 10])
@pytest.mark.parametrize(
    ("preset", "size"), [("small", 64), ("auto", 256), ("stylegan2", 1024), ("stylegan3-t", 256), ("stylegan3-r", 128)]
)
def test_trained_numbers_are_counted_as_the_networks_lay_them_out(preset, size, classes):
    wanted = resolve(preset, size=size, labels=bool(classes))
    names = ("z_dim", "w_dim", "mapping_layers", "channel_base", "channel_max", "conv_clamp")
    common: dict[str, Any] = {name: getattr(wanted, name) for name in names} | {"c_dim": classes, "resolution": size}
    if wanted.family == "stylegan2":
        generator = stylegan2_layout.tensor_shapes(stylegan2_layout.StyleGan2Config(**common))
    else:
        rotating = {"conv_kernel": 1, "use_radial_filters": True} if preset == "stylegan3-r" else {}
        generator = stylegan3_layout.tensor_shapes(stylegan3_layout.StyleGan3Config(**common, **rotating))
    judge = discriminator_layout.DiscriminatorConfig(
        resolution=size,
        c_dim=classes,
        channel_base=wanted.d_channel_base,
        channel_max=wanted.d_channel_max,
        cmap_dim=min(wanted.d_channel_base // 4, wanted.d_channel_max) if classes else 0,
    )
    counted = tuple(
        sum(math.prod(shape) for name, shape in shapes.items() if not name.endswith(BUFFERS))
        for shapes in (generator, discriminator_layout.tensor_shapes(judge))
    )
    assert parameters(wanted, num_classes=classes) == counted


MEASURED = {"device": "H200", "precision": "fp16", "seconds_per_kimg": 6.0, "peak_bytes": 10**9}
MEASURED |= {"checkpoint_bytes": 10**8, "snapshot_bytes": 10**7, "micro_batch": 16}


def finish_try(service, claim) -> None:
    body = {"fence": claim["lease"]["fence"], "result": MEASURED, "artifacts": []}
    assert service.call("POST", f"/jobs/{claim['job']['id']}/finish", body).status_code == 204


def test_a_try_measures_once_for_all_settings_that_cost_the_same(client, project, plan, service):
    def order(**changes: Any) -> Any:
        return client.call("POST", f"/projects/{project.pk}/training/tries", {"config": config(**changes)}).json()

    assert plan(changes=CHEAP)["estimate"]["state"] == "unknown"
    first, same = order(), order(kimg=10, gamma=3)
    assert first["job_id"] == same["job_id"]
    claim = service.claim("try_training")
    assert claim["job"]["payload"] == {"config": config()}
    assert plan(changes=CHEAP)["estimate"]["state"] == "working"
    finish_try(service, claim)
    told = plan(changes=CHEAP)["estimate"]
    assert (told["state"], told["device"], told["seconds"]) == ("ready", "H200", 400 * 6.0)
    assert Event.objects.filter(kind="training.try").last().payload["estimate"]["state"] == "ready"
    assert order(kimg=10)["estimate"]["seconds"] == 60.0
    assert service.claim("try_training") is None
    order(batch=8)
    assert service.claim("try_training") is not None


def test_a_try_that_failed_says_why_and_is_ordered_again(client, project, plan, service):
    order = {"config": config()}
    client.call("POST", f"/projects/{project.pk}/training/tries", order)
    claim = service.claim("try_training")
    said = {"fence": claim["lease"]["fence"], "message": "The GPU is too small for a batch of one."}
    service.call("POST", f"/leases/job/{claim['lease']['id']}/fail", said)
    told = plan(changes=CHEAP)["estimate"]
    assert (told["state"], told["sentence"]) == ("failed", "The GPU is too small for a batch of one.")
    assert client.call("POST", f"/projects/{project.pk}/training/tries", order).status_code == 202
    finish_try(service, service.claim("try_training"))
    assert plan(changes=CHEAP)["estimate"]["state"] == "ready"


def test_a_measurement_of_a_try_that_is_none_is_refused(client, project, service):
    client.call("POST", f"/projects/{project.pk}/training/tries", {"config": config()})
    claim = service.claim("try_training")
    body = {"fence": claim["lease"]["fence"], "result": {"device": "H200"}, "artifacts": []}
    assert service.call("POST", f"/jobs/{claim['job']['id']}/finish", body).status_code == 422


CHEAP = {name: config()[name] for name in ("z_dim", "w_dim", "channel_base", "channel_max")}


def test_presets_are_told_with_the_names_of_all_settings(client):
    told = client.call("GET", "/training/presets").json()
    assert [preset["name"] for preset in told["items"]] == presets()
    assert [setting["name"] for setting in told["settings"]] == list(WORDS)
