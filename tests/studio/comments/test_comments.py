"""What people say about a moment: threads, mentions, resolving, whose words are whose."""

import pytest

from studio.comments import rules
from studio.comments.models import Comment
from studio.events.models import Event
from studio.projects.models import Membership, Role
from tests.studio.features import make_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def track(project):
    return make_track(project)


@pytest.fixture
def ines(owner, as_user):
    return as_user(owner)


@pytest.fixture
def ada(project, person, as_user):
    """An editor beside the owner."""
    user = person("Ada")
    Membership.objects.create(project=project, user=user, role=Role.EDITOR)
    client = as_user(user)
    client.user = user
    return client


def say(client, track, text="Later here", **more):
    return client.call("POST", f"/tracks/{track.pk}/comments", {"text": text, **more})


def test_a_thread_is_read_in_the_order_of_time_with_its_answers(ines, ada, track):
    late = say(ines, track, "The voice", seconds=1.5).json()
    early = say(ada, track, "The first hit", seconds=0.5, end_seconds=0.75).json()
    answer = say(ada, track, "Yes", parent_id=late["id"]).json()
    found = ines.call("GET", f"/tracks/{track.pk}/comments").json()["items"]
    assert [one["id"] for one in found] == [early["id"], late["id"], answer["id"]]
    assert (answer["seconds"], answer["parent_id"], answer["name"]) == (1.5, late["id"], "Ada")
    assert (early["seconds"], early["end_seconds"]) == (0.5, 0.75)


def test_an_answer_to_an_answer_stays_in_its_thread(ines, track):
    head = say(ines, track, seconds=1.0).json()
    answer = say(ines, track, "One", parent_id=head["id"]).json()
    assert say(ines, track, "Two", parent_id=answer["id"]).json()["parent_id"] == head["id"]


def test_members_are_mentioned_and_others_are_not(ines, ada, track, project, person):
    stranger = person("Stranger")
    said = say(ines, track, "@Ada look", mentions=[str(ada.user.pk), str(stranger.pk)]).json()
    assert [who["name"] for who in said["mentions"]] == ["Ada"]
    mine = ada.call("GET", f"/projects/{project.pk}/mentions").json()["items"]
    assert [one["id"] for one in mine] == [said["id"]]
    assert ines.call("GET", f"/projects/{project.pk}/mentions").json()["items"] == []
    ines.call("POST", f"/comments/{said['id']}/resolve", {"is_resolved": True})
    assert ada.call("GET", f"/projects/{project.pk}/mentions").json()["items"] == []


def test_a_thread_is_resolved_through_its_answer_and_opened_again(ines, ada, track):
    head = say(ada, track).json()
    answer = say(ines, track, "Done", parent_id=head["id"]).json()
    done = ines.call("POST", f"/comments/{answer['id']}/resolve", {"is_resolved": True}).json()
    assert (done["id"], done["resolved_by"]["name"]) == (head["id"], "Ines")
    again = ines.call("POST", f"/comments/{head['id']}/resolve", {"is_resolved": False}).json()
    assert (again["resolved_at"], again["resolved_by"]) == (None, None)


def test_a_viewer_speaks_and_resolves_their_own_and_nobody_elses(ines, track, member, as_user):
    viewer = as_user(member("viewer"))
    mine, theirs = say(viewer, track, "Mine").json(), say(ines, track, "Theirs").json()
    assert viewer.call("POST", f"/comments/{mine['id']}/resolve", {"is_resolved": True}).status_code == 200
    refused = viewer.call("POST", f"/comments/{theirs['id']}/resolve", {"is_resolved": True})
    assert (refused.status_code, refused.json()["detail"]) == (403, "Its author or an editor resolves a comment.")


def test_words_are_mended_by_who_wrote_them(ines, ada, track):
    said = say(ada, track, "Teh snare").json()
    assert ada.call("PATCH", f"/comments/{said['id']}", {"text": "The snare"}).json()["text"] == "The snare"
    refused = ines.call("PATCH", f"/comments/{said['id']}", {"text": "Nonsense"})
    assert refused.status_code == 403
    assert Comment.objects.get().text == "The snare"


def test_an_owner_takes_back_anybodys_and_a_thread_goes_as_a_whole(ines, ada, track):
    head = say(ada, track).json()
    say(ines, track, "Yes", parent_id=head["id"])
    assert ines.call("DELETE", f"/comments/{head['id']}").json()["is_binned"]
    assert ines.call("GET", f"/tracks/{track.pk}/comments").json()["items"] == []
    late = say(ada, track, "And?", parent_id=head["id"])
    assert (late.status_code, late.json()["field"]) == (422, "parent_id")
    ada.call("POST", f"/comments/{head['id']}/restore")
    assert len(ines.call("GET", f"/tracks/{track.pk}/comments").json()["items"]) == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "   "}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"text": "x", "seconds": 1e4}, "seconds"),
        ({"text": "x", "seconds": -1}, "seconds"),
        ({"text": "x", "seconds": 1.0, "end_seconds": 0.5}, "end_seconds"),
        ({"text": "x", "parent_id": "00000000-0000-4000-8000-000000000000"}, "parent_id"),
    ],
)
def test_what_cannot_be_said_is_refused_and_the_field_named(ines, track, body, field):
    refused = ines.call("POST", f"/tracks/{track.pk}/comments", body)
    assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert not Comment.objects.exists()


def test_pages_hear_of_every_change(ines, track):
    said = say(ines, track).json()
    ines.call("POST", f"/comments/{said['id']}/resolve", {"is_resolved": True})
    ines.call("DELETE", f"/comments/{said['id']}")
    events = Event.objects.filter(kind__startswith="comment.").order_by("number")
    assert [event.kind for event in events] == ["comment.added", "comment.changed", "comment.removed"]
    assert {event.payload["track_id"] for event in events} == {str(track.pk)}


def test_a_track_holds_so_many_and_says_so(ines, track, monkeypatch):
    monkeypatch.setattr(rules, "MOST", 2)
    assert [say(ines, track, str(number)).status_code for number in range(3)] == [201, 201, 422]
