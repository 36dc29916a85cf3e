from datetime import timedelta

import pytest
from django.utils import timezone

from studio.accounts import sign_in
from studio.accounts.models import SignInFailure, SignInLink, User

pytestmark = pytest.mark.django_db
RIGHT = {"email": "Ines@Example.org", "password": "a-long-password"}
WRONG = {"email": "ines@example.org", "password": "a-wrong-password"}


def is_in(client):
    return client.get("/api/v1/me").status_code == 200


def test_the_right_password_opens_a_session(owner, client):
    answer = client.post("/sign-in/", RIGHT)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(client)


def test_a_wrong_password_says_no_more_than_it_must(owner, client):
    known = client.post("/sign-in/", WRONG, headers={"Accept": "application/json"})
    unknown = client.post("/sign-in/", WRONG | {"email": "x@example.org"}, headers={"Accept": "application/json"})
    assert known.status_code == unknown.status_code == 403
    assert known.content == unknown.content
    assert not is_in(client)


def test_guessing_is_locked_out_even_with_the_right_password_at_last(owner, client):
    for _ in range(sign_in.PAIR_LIMIT):
        client.post("/sign-in/", WRONG)
    answer = client.post("/sign-in/", RIGHT, headers={"Accept": "application/json"})
    assert answer.status_code == 429
    assert answer.json()["detail"] == "Too many wrong passwords. Wait 15 min, then try again."
    assert 0 < int(answer["Retry-After"]) <= 900
    assert not is_in(client)


def test_the_lock_opens_again_after_a_quarter_of_an_hour(owner, client):
    for _ in range(sign_in.PAIR_LIMIT):
        client.post("/sign-in/", WRONG)
    SignInFailure.objects.update(at=timezone.now() - timedelta(minutes=16))
    client.post("/sign-in/", RIGHT)
    assert is_in(client)


def test_one_address_cannot_try_many_accounts(person, client):
    for number in range(sign_in.ADDRESS_LIMIT):
        client.post("/sign-in/", {"email": f"nobody{number}@example.org", "password": "a-guess"})
    person("Jonah")
    client.post("/sign-in/", {"email": "jonah@example.org", "password": "a-long-password"})
    assert not is_in(client)


def test_after_signing_in_a_foreign_address_is_not_followed(owner, client):
    answer = client.post("/sign-in/", RIGHT | {"next": "https://evil.example/"})
    assert answer["Location"] == "/"
    answer = client.post("/sign-in/", RIGHT | {"next": "/projects/"})
    assert answer["Location"] == "/projects/"


def test_a_sign_in_needs_the_form_s_token(owner):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/sign-in/", RIGHT).status_code == 403
    assert not is_in(strict)


def test_signing_in_changes_the_session_s_key(owner, client):
    client.get("/sign-in/")
    client.post("/sign-in/", RIGHT)
    first = client.cookies["phosphene_session"].value
    client.post("/sign-out/")
    client.post("/sign-in/", RIGHT)
    assert client.cookies["phosphene_session"].value != first


def test_a_link_signs_in_once(owner, client):
    token = sign_in.make_link(owner)
    assert client.get(f"/sign-in/{token}/").status_code == 302
    assert is_in(client)
    client.post("/sign-out/")
    again = client.get(f"/sign-in/{token}/")
    assert again.status_code == 403
    assert b"This link was used, or it is too old." in again.content
    assert not is_in(client)


def test_a_link_that_is_too_old_opens_nothing(owner, client):
    token = sign_in.make_link(owner)
    SignInLink.objects.update(expires_at=timezone.now())
    client.get(f"/sign-in/{token}/")
    assert not is_in(client)


def test_a_newer_link_ends_an_older_one(owner, client):
    old = sign_in.make_link(owner)
    sign_in.make_link(owner)
    client.get(f"/sign-in/{old}/")
    assert not is_in(client)


def test_a_link_of_somebody_who_was_switched_off_opens_nothing(owner, client):
    token = sign_in.make_link(owner)
    User.objects.update(is_active=False)
    client.get(f"/sign-in/{token}/")
    assert not is_in(client)


def test_no_token_is_kept_as_it_is(owner):
    token = sign_in.make_link(owner)
    assert token not in str(list(SignInLink.objects.values()))
