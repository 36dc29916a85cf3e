"""The plan of a run that begins with a snapshot: what that decides, and what does not fit it."""

from typing import Any

import pytest

from tests.studio.features import make_network
from tests.studio.training.parts import config, make_start, make_upload, sentences, start

pytestmark = pytest.mark.django_db


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


def test_a_start_of_another_size_is_told_whole_with_what_can_be_chosen(plan, project):
    asked = {"start_snapshot_id": str(make_start(project).pk)}
    pictures = {"width_px": 128, "height_px": 128}
    other = "“ffhq-005000” draws 64 × 64 pixels, and so does every run that starts with it: 128 × 128 cannot be chosen."
    assert sentences(plan(**asked, size=128)) == [
        ("size", f"{other} The pictures are 64 × 64. Choose the size 64, or another start.")
    ]
    told = plan(pictures, **asked, size=128)
    assert sentences(told) == [
        (
            "size",
            f"{other} The pictures are 128 × 128. Choose the size 64, with the pictures scaled, or another start.",
        )
    ]
    assert told["offers"] == [{"fit": "pad", "size": 64}]
    assert plan(pictures, **asked, **told["offers"][0])["problems"] == []
    assert sentences(plan(pictures, **asked)) == [
        (
            "fit",
            "“ffhq-005000” draws 64 × 64 pixels, and the pictures are 128 × 128. "
            "Choose scaled to 64 × 64, or another start.",
        )
    ]


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
