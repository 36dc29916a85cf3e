"""Pairing by code: what opens, what ends a code, who has to wait, and what a revoked device still opens (F36)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from studio.accounts.models import token_sha256
from studio.datasets.models import CaptureDevice, Pairing
from studio.events.models import Event
from studio.services import capture_pairing
from studio.services.capture_pairing import SIGNS

pytestmark = pytest.mark.django_db
# A code that can be, but is nobody's: the tests' codes are random and this one is refused before.
WRONG = "AAAA-AAAA"


@pytest.fixture
def anyone(as_user):
    return as_user(None)


@pytest.fixture
def editor(as_user, member):
    return as_user(member("editor"))


def begin(client, name="Tripod Pi"):
    answer = client.call("POST", "/capture/pairings", {"device_name": name})
    assert answer.status_code == 201, answer.content
    return answer.json()


def collect(client, begun, secret=None):
    path = f"/capture/pairings/{begun['id']}/collect"
    return client.call("POST", path, {"secret": secret or begun["secret"]})


def type_code(client, project, code, **more):
    return client.call("POST", f"/projects/{project.pk}/devices", {"code": code, **more})


def test_a_code_has_eight_signs_that_cannot_be_mistaken(anyone):
    codes = [begin(anyone)["code"] for _ in range(10)]
    assert len(set(codes)) == 10
    for code in codes:
        assert re.fullmatch(f"[{SIGNS}]{{4}}-[{SIGNS}]{{4}}", code), code
    assert not set("01OILQSZBU") & set(SIGNS)


def test_a_typed_code_gives_the_device_its_token_once(anyone, editor, project):
    begun = begin(anyone)
    assert collect(anyone, begun).status_code == 202
    made = type_code(editor, project, begun["code"])
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["state"]) == ("Tripod Pi", "new")
    given = collect(anyone, begun)
    assert given.status_code == 200
    token = given.json()["token"]
    assert token.startswith("phd_")
    assert given.json()["device_id"] == made.json()["id"]
    assert given.json()["project_name"] == "Saltworks"
    assert CaptureDevice.objects.get(token_sha256=token_sha256(token)).project == project
    again = collect(anyone, begun)
    assert again.status_code == 410
    assert "collected already" in again.json()["detail"]
    assert token not in str(CaptureDevice.objects.values().get()), "only a hash is kept"


def test_a_code_may_be_typed_as_people_type(anyone, editor, project):
    code = begin(anyone)["code"]
    assert type_code(editor, project, f" {code.lower().replace('-', ' ')} ", name="Window").status_code == 201
    assert CaptureDevice.objects.get().name == "Window"


def test_a_code_works_once(anyone, editor, project):
    code = begin(anyone)["code"]
    assert type_code(editor, project, code).status_code == 201
    assert type_code(editor, project, code).status_code == 404
    assert CaptureDevice.objects.count() == 1


def test_only_the_secret_collects(anyone, editor, project):
    mine, other = begin(anyone), begin(anyone, "Other")
    type_code(editor, project, mine["code"])
    assert collect(anyone, mine, secret=other["secret"]).status_code == 404
    assert collect(anyone, mine, secret="x").status_code == 404
    assert collect(anyone, {**mine, "id": other["id"]}).status_code == 404
    assert collect(anyone, mine).status_code == 200


def test_a_code_is_dead_after_ten_minutes(anyone, editor, project):
    begun = begin(anyone)
    assert timezone.now() + timedelta(minutes=9) < Pairing.objects.get().expires_at
    assert Pairing.objects.get().expires_at <= timezone.now() + timedelta(minutes=10)
    Pairing.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert type_code(editor, project, begun["code"]).status_code == 404
    late = collect(anyone, begun)
    assert late.status_code == 410
    assert "10 minutes" in late.json()["detail"]


def test_the_fifth_wrong_guess_ends_every_open_code_and_locks_the_guesser_out(anyone, editor, as_user, owner, project):
    begun = [begin(anyone, name) for name in ("Tripod", "Window")]
    for tries in range(5):
        assert collect(anyone, begun[0]).status_code == 202, f"still open after {tries} wrong guesses"
        assert type_code(editor, project, WRONG).status_code == 404
    for one in begun:
        assert type_code(as_user(owner), project, one["code"]).status_code == 404, "dead for everybody"
        assert collect(anyone, one).status_code == 410
    fresh = begin(anyone, "After")
    locked = type_code(editor, project, fresh["code"])
    assert locked.status_code == 429, "even the right code"
    assert re.search(r"Wait \d+ min", locked.json()["detail"])
    assert type_code(as_user(owner), project, fresh["code"]).status_code == 201, "others are not locked out"


def test_guesses_of_several_people_count_together(anyone, as_user, person, project):
    from studio.projects.models import Membership

    begun = begin(anyone)
    guessers = [person(f"Guesser{number}") for number in range(5)]
    for user in guessers:
        Membership.objects.create(project=project, user=user, role="editor")
        assert type_code(as_user(user), project, WRONG).status_code == 404
    assert collect(anyone, begun).status_code == 410


def test_after_ten_minutes_the_guesser_may_try_again(anyone, editor, project):
    from studio.accounts.models import SignInFailure

    for _ in range(5):
        type_code(editor, project, WRONG)
    SignInFailure.objects.update(at=timezone.now() - timedelta(minutes=10, seconds=1))
    assert type_code(editor, project, begin(anyone)["code"]).status_code == 201


def test_what_can_be_no_code_counts_as_no_guess(anyone, editor, project):
    begun = begin(anyone)
    for said in ("", "ABC", "O0O0-O0O0", begun["code"] + "A", "é" * 8, "A" * 40):
        refused = type_code(editor, project, said)
        assert (refused.status_code, refused.json()["field"]) == (422, "code"), said
    assert Pairing.objects.get().wrong_guesses == 0
    assert type_code(editor, project, begun["code"]).status_code == 201


def test_a_device_that_nobody_knows_cannot_ask_for_many_codes(anyone):
    for _ in range(10):
        begin(anyone)
    refused = anyone.call("POST", "/capture/pairings", {"device_name": "One more"})
    assert refused.status_code == 429
    other = anyone.generic(
        "POST",
        "/api/v1/capture/pairings",
        '{"device_name": "Elsewhere"}',
        content_type="application/json",
        REMOTE_ADDR="10.0.0.9",
    )
    assert other.status_code == 201, "another address is not braked by it"


def test_all_addresses_together_hold_a_hundred_open_codes_at_most(db):
    for number in range(100):
        capture_pairing.begin(device_name="Flood", address=f"10.0.{number}.1")
    with pytest.raises(capture_pairing.Refused) as refused:
        capture_pairing.begin(device_name="Flood", address="10.1.1.1")
    assert refused.value.status == 429
    Pairing.objects.update(expires_at=timezone.now() - timedelta(minutes=11))
    capture_pairing.begin(device_name="Later", address="10.1.1.1")
    assert Pairing.objects.count() == 1, "what is over is swept"


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\x00b"])
def test_a_device_needs_a_name(anyone, name):
    assert anyone.call("POST", "/capture/pairings", {"device_name": name}).status_code == 422


def test_viewers_pair_rename_and_revoke_nothing(anyone, editor, as_user, member, project):
    viewer = as_user(member("viewer"))
    begun = begin(anyone)
    assert type_code(viewer, project, begun["code"]).status_code == 403
    made = type_code(editor, project, begun["code"]).json()
    assert viewer.call("PATCH", f"/devices/{made['id']}", {"name": "Mine"}).status_code == 403
    assert viewer.call("DELETE", f"/devices/{made['id']}").status_code == 403
    assert [one["name"] for one in viewer.call("GET", f"/projects/{project.pk}/devices").json()["items"]] == [
        "Tripod Pi"
    ]


def test_a_device_is_renamed_and_revoked_and_the_project_hears_of_it(anyone, editor, project):
    begun = begin(anyone)
    made = type_code(editor, project, begun["code"]).json()
    assert editor.call("PATCH", f"/devices/{made['id']}", {"name": " Back  room "}).json()["name"] == "Back room"
    assert editor.call("DELETE", f"/devices/{made['id']}").status_code == 204
    assert editor.call("GET", f"/devices/{made['id']}").status_code == 404
    assert editor.call("GET", f"/projects/{project.pk}/devices").json() == {"items": []}
    kinds = list(Event.objects.filter(subject=f"device:{made['id']}").values_list("kind", flat=True))
    assert kinds == ["device.added", "device.changed", "device.revoked"]
    gone = collect(anyone, begun)
    assert gone.status_code == 410
    assert "revoked" in gone.json()["detail"]
