"""Links for people without an account: what they open, what they do not, and when they end."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone

from studio.blobs.store import put_bytes
from studio.comments.models import Comment
from studio.events.models import Event
from studio.renders.models import Render
from studio.sharing import guests
from studio.sharing.models import Share
from tests.studio.features import make_scene, make_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def track(project):
    return make_track(project)


@pytest.fixture
def ines(owner, as_user):
    return as_user(owner)


@pytest.fixture
def guest(as_user):
    return as_user(None)


@pytest.fixture
def share(ines, track):
    """Makes a link to the track; returns its token."""

    def make(**values):
        made = ines.call("POST", f"/tracks/{track.pk}/shares", values)
        assert made.status_code == 201, made.content
        return made.json()["path"].split("/")[2]

    return make


@pytest.fixture
def film(project, owner, ines):
    scene = make_scene(project, owner)
    order = {"range": {"kind": "first", "end_seconds": 2}, "quality": "draft"}
    render = Render.objects.get(pk=ines.call("POST", f"/scenes/{scene.pk}/renders", order).json()["id"])
    return render


def body(response):
    async def read():
        return b"".join([piece async for piece in response.streaming_content])

    return asyncio.run(read())


def test_a_guest_hears_the_track_and_learns_nothing_else(guest, share, track, owner):
    token = share()
    shown = guest.call("GET", f"/shared/{token}").json()
    assert (shown["kind"], shown["name"], shown["duration_seconds"]) == ("track", "Undertow", 10.0)
    assert body(guest.get(shown["media_url"])) == b"proxy"
    assert body(guest.get(shown["peaks_url"])) == b"peaks"
    text = str(shown)
    for secret in (str(track.pk), str(track.project_id), str(owner.pk), owner.name, "Saltworks"):
        assert secret not in text


def test_only_the_hash_of_a_link_is_kept_and_it_is_told_once(ines, share, track):
    token = share()
    kept = Share.objects.get()
    assert token.startswith("share_")
    assert token not in str(list(Share.objects.values()))
    listed = ines.call("GET", f"/tracks/{track.pk}/shares").json()["items"]
    assert [one["id"] for one in listed] == [str(kept.pk)]
    assert token not in str(listed)
    assert token not in str(list(Event.objects.values("payload")))


def test_the_sound_is_sent_by_range(guest, share):
    answer = guest.get(f"/api/v1/shared/{share()}/files/sound", headers={"Range": "bytes=1-2"})
    assert (answer.status_code, body(answer)) == (206, b"ro")


def test_the_original_is_handed_out_only_where_the_link_allows_it(guest, share):
    closed, opened = share(), share(may_download=True)
    assert guest.call("GET", f"/shared/{closed}").json()["download_url"] is None
    assert guest.get(f"/api/v1/shared/{closed}/files/download").status_code == 404
    answer = guest.get(guest.call("GET", f"/shared/{opened}").json()["download_url"])
    assert body(answer) == b"sound of Undertow"
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_link_ends_by_itself_and_says_when(guest, share):
    token = share(days=3)
    Share.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    ended = guest.call("GET", f"/shared/{token}")
    assert ended.status_code == 410
    assert ended.json()["detail"].startswith("This link ended on ")
    assert guest.get(f"/api/v1/shared/{token}/files/sound").status_code == 410


def test_a_link_that_was_taken_back_opens_nothing_at_once(ines, guest, share):
    token = share(may_comment=True)
    assert ines.call("DELETE", f"/shares/{Share.objects.get().pk}").json()["state"] == "revoked"
    for path in ("", "/files/sound", "/comments"):
        assert guest.call("GET", f"/shared/{token}{path}").status_code == 410
    refused = ines.call("PATCH", f"/shares/{Share.objects.get().pk}", {"days": 30})
    assert refused.status_code == 409


@pytest.mark.parametrize("what", ["track", "project"])
def test_what_lies_in_the_bin_is_shared_with_nobody(guest, share, track, what):
    token = share()
    thing = track if what == "track" else track.project
    type(thing).objects.filter(pk=thing.pk).update(binned_at=timezone.now())
    assert guest.call("GET", f"/shared/{token}").status_code == 410


def test_a_link_that_never_was_is_nothing(guest):
    assert guest.call("GET", "/shared/share_nothing").status_code == 404
    assert guest.get("/s/share_nothing/").status_code == 404


def test_a_link_is_renewed_and_allows_more(ines, guest, share):
    token = share(days=1)
    changed = ines.call("PATCH", f"/shares/{Share.objects.get().pk}", {"days": 60, "may_download": True}).json()
    assert changed["may_download"]
    assert not changed["may_comment"]
    assert Share.objects.get().expires_at > timezone.now() + timedelta(days=59)
    assert guest.call("GET", f"/shared/{token}").json()["download_url"]


@pytest.mark.parametrize("days", [0, 366, -1])
def test_no_link_is_for_ever(ines, track, days):
    assert ines.call("POST", f"/tracks/{track.pk}/shares", {"days": days}).status_code == 422


def test_guests_comment_by_name_where_they_may(guest, ines, share, track):
    quiet, loud = share(), share(may_comment=True)
    words = {"name": "  Mara\n of the label ", "text": "Louder here", "seconds": 4.5}
    refused = guest.call("POST", f"/shared/{quiet}/comments", words)
    assert (refused.status_code, Comment.objects.count()) == (403, 0)
    said = guest.call("POST", f"/shared/{loud}/comments", words).json()
    assert (said["name"], said["seconds"], said["is_member"]) == ("Mara of the label", 4.5, False)
    (seen,) = ines.call("GET", f"/tracks/{track.pk}/comments").json()["items"]
    assert (seen["name"], seen["author"], seen["text"]) == ("Mara of the label", None, "Louder here")
    ines.call("POST", f"/tracks/{track.pk}/comments", {"text": "It is", "parent_id": seen["id"]})
    heard = guest.call("GET", f"/shared/{loud}/comments").json()["items"]
    assert [(one["name"], one["is_member"]) for one in heard] == [("Mara of the label", False), ("Ines", True)]
    assert guest.call("GET", f"/shared/{quiet}/comments").json()["items"] == []


def test_a_guest_without_a_name_is_asked_for_one(guest, share):
    refused = guest.call("POST", f"/shared/{share(may_comment=True)}/comments", {"name": " ", "text": "x"})
    assert (refused.status_code, refused.json()["field"]) == (422, "name")


def test_what_nobody_can_see_is_not_kept(guest, share):
    token = share(may_comment=True)

    def say(**words):
        return guest.call("POST", f"/shared/{token}/comments", {"name": "Mara", "text": "x", **words})

    assert say(name="\u200bIn\u202ees\x00").json()["name"] == "Ines"
    assert say(text="one\x00\n\ttwo\x1b").json()["text"] == "one\n\ttwo"
    assert say(name="\u0645\u06cc\u200c\u0645").json()["name"] == "\u0645\u06cc\u200c\u0645"
    for unseen in ({"name": "\u200b\u200d"}, {"text": "\x00 "}):
        assert say(**unseen).status_code == 422


def test_a_member_who_opens_a_link_speaks_as_a_member(ines, share):
    said = ines.call(
        "POST", f"/shared/{share(may_comment=True)}/comments", {"name": "Somebody else", "text": "x"}
    ).json()
    assert (said["name"], said["is_member"]) == ("Ines", True)


def test_many_comments_by_one_link_are_braked(guest, share, monkeypatch):
    monkeypatch.setattr(guests, "MOST_COMMENTS", 3)
    token = share(may_comment=True)
    answers = [guest.call("POST", f"/shared/{token}/comments", {"name": "Bot", "text": "x"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]


def test_a_film_is_shared_once_it_is_finished(ines, guest, film):
    early = ines.call("POST", f"/renders/{film.pk}/shares", {})
    assert (early.status_code, Share.objects.count()) == (409, 0)
    Render.objects.filter(pk=film.pk).update(film=put_bytes(b"a film"))
    token = ines.call("POST", f"/renders/{film.pk}/shares", {"may_download": True}).json()["path"].split("/")[2]
    shown = guest.call("GET", f"/shared/{token}").json()
    assert (shown["kind"], shown["width"], shown["peaks_url"]) == ("film", film.width, None)
    assert shown["duration_seconds"] == pytest.approx(2.0)
    assert body(guest.get(shown["media_url"])) == b"a film"
    assert body(guest.get(shown["download_url"])) == b"a film"
    assert guest.get(f"/api/v1/shared/{token}/files/sound").status_code == 404


def test_the_page_counts_its_openings_and_tells_no_other_site(guest, share):
    token = share()
    page = guest.get(f"/s/{token}/")  # with built pages or without
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("no-referrer", "noindex")
    guest.get(f"/s/{token}/")
    assert Share.objects.get().opened_count == 2


def test_editors_make_links_and_viewers_do_not_see_them(track, member, as_user):
    viewer, editor = as_user(member("viewer")), as_user(member("editor"))
    assert viewer.call("POST", f"/tracks/{track.pk}/shares", {}).status_code == 403
    assert viewer.call("GET", f"/tracks/{track.pk}/shares").status_code == 403
    assert editor.call("POST", f"/tracks/{track.pk}/shares", {}).status_code == 201
