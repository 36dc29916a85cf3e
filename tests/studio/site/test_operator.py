"""Django's admin: an operator sees every table and changes accounts; everybody else finds nothing."""

import pytest

from studio.accounts.models import User
from studio.site.operator import operator_site, shown_fields
from tests.studio.features import make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(as_user):
    return as_user(User.objects.create_superuser("boss@example.org", "a-long-password", name="Boss"))


def test_a_member_finds_nothing_and_a_guest_signs_in(owner, as_user, client):
    for address in ("/admin/", "/admin/accounts/user/", "/admin/login/"):
        assert as_user(owner).get(address).status_code == 404
    assert client.get("/admin/")["Location"] == "/sign-in/?next=/admin/"


def test_an_operator_reads_every_table(operator, project, owner):
    make_scene(project, owner)
    assert operator.get("/admin/").status_code == 200
    for model in operator_site._registry:
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        answer = operator.get(address)
        assert answer.status_code == 200, address
        row = model._default_manager.first()
        if row is not None:
            assert operator.get(f"{address}{row.pk}/change/").status_code == 200, address


def test_nothing_but_accounts_can_be_changed(operator, project):
    address = f"/admin/projects/project/{project.pk}/"
    assert operator.post(f"{address}change/", {"name": "mine"}).status_code == 403
    assert operator.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    assert operator.get("/admin/projects/project/add/").status_code == 403
    project.refresh_from_db()
    assert project.name == "Saltworks"


def test_an_account_is_made_and_switched_off(operator):
    made = {"email": "new@example.org", "name": "New", "usable_password": "false"}
    assert operator.post("/admin/accounts/user/add/", made).status_code == 302
    user = User.objects.get(email="new@example.org")
    assert not user.has_usable_password()
    changed = {"email": user.email, "name": "Newer", "is_active": ""}
    assert operator.post(f"/admin/accounts/user/{user.pk}/change/", changed).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.is_active) == ("Newer", False)


def test_no_secret_is_shown():
    shown = {f"{model.__name__}.{field.name}" for model in operator_site._registry for field in shown_fields(model)}
    assert {"Blob.sha256", "Track.codec", "ServiceToken.prefix"} <= shown
    assert not [name for name in shown if name.endswith(("token_sha256", "secret_sha256", "password", ".code"))]
