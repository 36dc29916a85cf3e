import pytest

from studio.projects.models import Invitation, Membership, Project, Role

pytestmark = pytest.mark.django_db


def test_whoever_makes_a_project_owns_it(owner, as_user):
    answer = as_user(owner).call("POST", "/projects", {"name": "Night film"})
    assert answer.status_code == 201
    assert answer.json()["role"] == "owner"
    assert [item["name"] for item in as_user(owner).call("GET", "/projects").json()["items"]] == ["Night film"]


def test_a_list_shows_only_the_projects_of_the_person(project, person, as_user):
    assert as_user(person("Stranger")).call("GET", "/projects").json() == {"items": []}


def test_a_viewer_may_not_rename(project, member, as_user):
    answer = as_user(member("viewer")).call("PATCH", f"/projects/{project.pk}", {"name": "Mine"})
    assert answer.status_code == 403
    assert "Ask an owner" in answer.json()["detail"]


def test_a_project_goes_to_the_bin_and_comes_back(project, owner, as_user):
    client = as_user(owner)
    assert client.call("DELETE", f"/projects/{project.pk}").status_code == 204
    assert client.call("GET", f"/projects/{project.pk}").status_code == 404
    assert client.call("POST", f"/projects/{project.pk}/restore").status_code == 200
    assert client.call("GET", f"/projects/{project.pk}").status_code == 200


def test_an_invitation_makes_a_new_person_a_member_and_signs_them_in(project, owner, as_user):
    made = as_user(owner).call("POST", f"/projects/{project.pk}/invitations", {"role": "editor"}).json()
    token = made["url"].rstrip("/").rpartition("/")[2]
    guest = as_user(None)
    assert guest.call("GET", f"/invitations/{token}").json()["project_name"] == "Saltworks"
    who = {"name": "Jonah", "email": "jonah@example.org", "password": "a-salty-password"}
    assert guest.call("POST", f"/invitations/{token}/accept", who).json() == {"project_id": str(project.pk)}
    assert guest.call("GET", f"/projects/{project.pk}").json()["role"] == "editor"


def test_an_invitation_works_once(project, owner, person, as_user):
    made = as_user(owner).call("POST", f"/projects/{project.pk}/invitations", {"role": "viewer"}).json()
    token = made["url"].rstrip("/").rpartition("/")[2]
    assert as_user(person("Jonah")).call("POST", f"/invitations/{token}/accept").status_code == 200
    assert as_user(person("Mara")).call("POST", f"/invitations/{token}/accept").status_code == 404


def test_an_invitation_does_not_lower_a_role(project, owner, as_user):
    made = as_user(owner).call("POST", f"/projects/{project.pk}/invitations", {"role": "viewer"}).json()
    token = made["url"].rstrip("/").rpartition("/")[2]
    as_user(owner).call("POST", f"/invitations/{token}/accept")
    assert Membership.objects.get(project=project, user=owner).role == Role.OWNER


@pytest.mark.parametrize("fate", ["revoked_at", "used_at", "expires_at"])
def test_a_dead_invitation_opens_nothing(project, owner, person, as_user, fate):
    made = as_user(owner).call("POST", f"/projects/{project.pk}/invitations", {"role": "viewer"}).json()
    Invitation.objects.filter(pk=made["id"]).update(**{fate: project.created_at})
    token = made["url"].rstrip("/").rpartition("/")[2]
    assert as_user(person("Jonah")).call("POST", f"/invitations/{token}/accept").status_code == 404


def test_the_token_of_an_invitation_is_kept_nowhere(project, owner, as_user):
    made = as_user(owner).call("POST", f"/projects/{project.pk}/invitations", {"role": "viewer"}).json()
    token = made["url"].rstrip("/").rpartition("/")[2]
    assert token not in str(Invitation.objects.filter(pk=made["id"]).values().get())
    assert "url" not in as_user(owner).call("GET", f"/projects/{project.pk}/invitations").json()["items"][0]


def test_an_email_that_is_taken_is_refused_and_named(project, owner, as_user):
    made = as_user(owner).call("POST", f"/projects/{project.pk}/invitations", {"role": "viewer"}).json()
    token = made["url"].rstrip("/").rpartition("/")[2]
    who = {"name": "Ines", "email": "INES@example.org", "password": "a-salty-password"}
    answer = as_user(None).call("POST", f"/invitations/{token}/accept", who)
    assert (answer.status_code, answer.json()["field"]) == (422, "email")


def test_the_last_owner_stays(project, owner, as_user):
    client = as_user(owner)
    path = f"/projects/{project.pk}/members/{owner.pk}"
    assert client.call("PATCH", path, {"role": "viewer"}).status_code == 409
    assert client.call("DELETE", path).status_code == 409


def test_a_removed_member_is_a_stranger(project, owner, member, as_user):
    viewer = member("viewer")
    assert as_user(owner).call("DELETE", f"/projects/{project.pk}/members/{viewer.pk}").status_code == 204
    assert as_user(viewer).call("GET", f"/projects/{project.pk}").status_code == 404


def test_a_member_may_leave_but_not_send_others_away(project, owner, member, as_user):
    editor = member("editor")
    client = as_user(editor)
    assert client.call("DELETE", f"/projects/{project.pk}/members/{owner.pk}").status_code == 403
    assert client.call("DELETE", f"/projects/{project.pk}/members/{editor.pk}").status_code == 204
    assert Project.objects.get(pk=project.pk).memberships.count() == 1


def test_an_empty_name_is_refused_and_named(owner, as_user):
    answer = as_user(owner).call("POST", "/projects", {"name": ""})
    assert answer.status_code == 422
    assert answer.json()["field"] == "name"
