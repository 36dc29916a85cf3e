import json

import pytest
from django.test import Client

from studio.accounts.models import ApiToken, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def bearer(owner, as_user):
    """Headers of a script of `owner`."""
    token = as_user(owner).call("POST", "/me/tokens", {"name": "backup"}).json()["token"]
    return {"Authorization": f"Bearer {token}"}


def test_me_is_whoever_asks(owner, as_user):
    me = as_user(owner).call("GET", "/me").json()
    assert (me["name"], me["email"], me["initials"]) == ("Ines", "ines@example.org", "I")


def test_preferences_are_merged_key_by_key(owner, as_user):
    client = as_user(owner)
    client.call("PATCH", "/me", {"preferences": {"theme": "light", "lanes": ["beats"]}})
    client.call("PATCH", "/me", {"preferences": {"theme": "dark"}})
    assert client.call("GET", "/me").json()["preferences"] == {"theme": "dark", "lanes": ["beats"]}


def test_nobody_gets_a_sentence_and_401(client):
    answer = client.get("/api/v1/me")
    assert (answer.status_code, answer.json()["detail"]) == (401, "You are signed out. Sign in, then try again.")


def test_a_token_works_without_cookies_or_csrf(bearer):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.patch("/api/v1/me", json.dumps({"name": "Ada"}), "application/json", headers=bearer)
    assert (answer.status_code, answer.json()["name"]) == (200, "Ada")


def test_a_session_needs_the_csrf_token_for_changes(owner):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    assert strict.get("/api/v1/me").status_code == 200
    answer = strict.patch("/api/v1/me", json.dumps({"name": "Ada"}), "application/json")
    assert answer.status_code == 403
    assert User.objects.get(pk=owner.pk).name == "Ines"


def test_a_revoked_token_is_refused(owner, as_user, bearer):
    token_id = as_user(owner).call("GET", "/me/tokens").json()["items"][0]["id"]
    assert as_user(owner).call("DELETE", f"/me/tokens/{token_id}").status_code == 204
    assert Client().get("/api/v1/me", headers=bearer).status_code == 401


def test_a_token_is_shown_once_and_kept_as_a_hash(owner, as_user, bearer):
    token = bearer["Authorization"].removeprefix("Bearer ")
    assert token not in str(list(ApiToken.objects.values()))
    assert "token" not in as_user(owner).call("GET", "/me/tokens").json()["items"][0]


def test_nobody_revokes_a_stranger_s_token(owner, person, as_user, bearer):
    token_id = ApiToken.objects.get().pk
    assert as_user(person("Jonah")).call("DELETE", f"/me/tokens/{token_id}").status_code == 404


def test_a_password_is_changed_by_who_knows_it_and_the_session_stays(owner, as_user):
    client = as_user(owner)
    wrong = client.call("POST", "/me/password", {"current": "no", "password": "a-new-long-password"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "current")
    weak = client.call("POST", "/me/password", {"current": "a-long-password", "password": "short"})
    assert (weak.status_code, weak.json()["field"]) == (422, "password")
    right = client.call("POST", "/me/password", {"current": "a-long-password", "password": "a-new-long-password"})
    assert right.status_code == 204
    assert client.call("GET", "/me").status_code == 200


def test_who_came_by_link_sets_a_first_password(person, as_user):
    user = person("Jonah")
    user.set_unusable_password()
    user.save()
    assert as_user(user).call("POST", "/me/password", {"password": "a-new-long-password"}).status_code == 204


def test_two_people_never_share_an_email(person):
    from django.db import IntegrityError

    person("Ines")
    with pytest.raises(IntegrityError):
        User.objects.create_user("INES@example.org", name="Other")


def test_people_who_work_together_have_colours_of_their_own():
    hues = [User.objects.create_user(f"{number}@example.org", None, name=f"P {number}").colour for number in range(7)]
    assert len(set(hues)) == 7
    assert "red" not in hues  # one's own playhead
    User.objects.get(email="3@example.org").delete()
    assert User.objects.create_user("new@example.org", None, name="New").colour == hues[3]
