import pytest
from django.core import signing

from studio.blobs import links
from studio.projects.models import Membership
from tests.studio.features import make_made_of, make_network, make_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(project, owner, as_user):
    """A link to the original of a track, without the studio's own address."""
    path = f"/api/v1/tracks/{make_track(project).pk}/files/original"
    made = as_user(owner).call("POST", "/links", {"path": path})
    assert made.status_code == 201
    return made.json()["url"].partition("/signed/")[2]


def test_a_link_gives_its_file_to_whoever_has_no_session(link, client):
    answer = client.get(f"/signed/{link}", headers={"Range": "bytes=0-4"})
    assert answer.status_code == 206
    assert client.get("/api/v1/me").status_code == 401


def test_a_link_dies_with_the_membership_of_who_made_it(link, client):
    Membership.objects.all().delete()
    assert client.get(f"/signed/{link}").status_code == 404


def test_a_link_dies_after_a_quarter_of_an_hour(link, client, monkeypatch):
    monkeypatch.setattr(links, "SECONDS", -1)
    assert client.get(f"/signed/{link}").status_code == 404


def test_a_changed_link_opens_nothing(link, client):
    assert client.get(f"/signed/x{link}").status_code == 404
    forged = signing.dumps({"path": "/api/v1/me", "user": "x"}, salt="another")
    assert client.get(f"/signed/{forged}/").status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/me/tokens", "/p/x/", "/api/v1/tracks/../me"])
def test_only_files_can_be_linked(owner, as_user, path):
    assert as_user(owner).call("POST", "/links", {"path": path}).status_code == 404


def test_the_head_of_a_file_tells_its_size(project, owner, as_user):
    track = make_track(project)
    answer = as_user(owner).head(f"/api/v1/tracks/{track.pk}/files/original")
    assert (answer.status_code, answer["Content-Length"]) == (200, str(track.original.size))
    assert answer["Accept-Ranges"] == "bytes"


def test_what_is_made_of_a_snapshot_can_be_linked(project, owner, as_user, client):
    made = make_made_of(make_network(project).snapshots.first())
    for path in (f"exports/{made['export_id']}/weights", f"harvests/{made['harvest_id']}/zip"):
        link = as_user(owner).call("POST", "/links", {"path": f"/api/v1/{path}"}).json()["url"]
        assert client.get(f"/signed/{link.partition('/signed/')[2]}").status_code == 200
