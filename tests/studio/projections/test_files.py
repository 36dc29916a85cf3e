"""What people send: films and pictures to be projected, and projection files, each looked through by the worker."""

import h5py
import pytest

from gpu_service.projection.writing import write_projection
from studio.projections.models import Projection, ProjectionTarget
from studio.projections.purge import purge
from tests.gpu_service.projection.files import facts, frame, original
from tests.studio.projections.parts import film, make_snapshot, make_target, patch, picture, send, work

pytestmark = pytest.mark.django_db


def target_of(client, project):
    return client.call("GET", f"/projects/{project.pk}/projection-targets").json()["items"][0]


def only(client, project):
    return client.call("GET", f"/projects/{project.pk}/projections").json()["items"][0]


def test_a_film_is_looked_at_and_every_frame_counted(client, project, tmp_path):
    assert send(client, project, film(tmp_path), "talk.mp4").status_code == 204
    assert (target_of(client, project)["state"], target_of(client, project)["frames"]) == ("looking", None)
    work("look_at_target")
    found = target_of(client, project)
    assert (found["state"], found["kind"], found["frames"], found["fps"]) == ("ready", "video", 12, "24")
    assert (found["width"], found["height"], found["seconds"]) == (48, 32, 0.5)
    assert client.get(found["thumbnail_url"])["Content-Type"] == "image/jpeg"


def test_a_picture_is_one_frame(client, project):
    send(client, project, picture(), "ines.png")
    work("look_at_target")
    found = target_of(client, project)
    assert (found["kind"], found["frames"], found["width"], found["height"]) == ("picture", 1, 40, 30)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("list.mp4", b"#EXTM3U\nhttp://example.org/film.mp4\n", "“list.mp4” is a playlist"),
        ("cut.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 400, "“cut.mp4”"),
        ("notes.mp4", b"only words", "“notes.mp4”"),
    ],
)
def test_what_is_no_film_is_refused_by_its_name_and_not_kept(client, project, name, data, words):
    send(client, project, data, name)
    work("look_at_target")
    found = target_of(client, project)
    assert (found["state"], found["file_url"]) == ("refused", None)
    assert words in found["sentence"]
    order = {"name": "x", "snapshot_id": str(make_snapshot(project).pk), "target_id": found["id"]}
    answer = client.call("POST", f"/projects/{project.pk}/projections", order)
    assert (answer.status_code, answer.json()["detail"]) == (422, found["sentence"])


def test_a_file_of_ours_finds_its_network_again(client, project, tmp_path):
    snapshot = make_snapshot(project)
    path = tmp_path / "talk.hdf5"
    write_projection(path, facts(), [frame(number) for number in range(12)])
    send(client, project, path.read_bytes(), "talk.hdf5", kind="projection")
    assert only(client, project)["state"] == "checking"
    work("check_projection")
    found = only(client, project)
    assert (found["state"], found["name"], found["is_imported"], found["config"]) == ("done", "talk", True, None)
    assert (found["frames_done"], found["facts"]["num_ws"], found["facts"]["fps"]) == (12, 6, "25")
    assert (found["snapshot_id"], found["snapshot_name"]) == (str(snapshot.pk), snapshot.name)
    assert client.get(found["picture_url"])["Content-Type"] == "image/jpeg"
    assert patch(client, found, wanted="run").status_code == 409


def test_a_file_of_the_original_is_read_and_a_foreign_network_told(client, project, tmp_path):
    path = original(tmp_path / "old.hdf5", version=1)
    send(client, project, path.read_bytes(), "old.hdf5", kind="projection")
    work("check_projection")
    found = only(client, project)
    assert (found["state"], found["snapshot_id"], found["network_name"]) == ("done", None, "net.pkl")
    assert found["warnings"] == ["No network of this project is the one that this file was made with."]


def test_a_file_that_links_outside_is_refused_and_not_kept(client, project, tmp_path):
    path = tmp_path / "sly.hdf5"
    write_projection(path, facts(), [frame(number) for number in range(12)])
    with h5py.File(path, "a") as file:
        del file["final_latents/final_latents_3"]
        file["final_latents/final_latents_3"] = h5py.ExternalLink("/etc/passwd", "/x")
    send(client, project, path.read_bytes(), "sly.hdf5", kind="projection")
    work("check_projection")
    found = only(client, project)
    assert (found["state"], found["file_url"]) == ("failed", None)
    assert "“sly.hdf5”" in found["sentence"]


def test_what_lay_in_the_bin_for_a_month_goes(client, project):
    from datetime import timedelta

    from django.utils import timezone

    target = make_target(project)
    row = Projection.objects.create(project=project, name="Old", state="done", target=target)
    client.call("DELETE", f"/projections/{row.pk}")
    client.call("DELETE", f"/projection-targets/{target.pk}")
    assert purge() == 0
    assert purge(now=timezone.now() + timedelta(days=31)) == 1
    assert not ProjectionTarget.objects.exists()
