import json
import re

import pytest
from webpack_loader import utils
from webpack_loader.loaders import WebpackLoader

from studio.accounts.models import User

pytestmark = pytest.mark.django_db


def page_data(answer):
    found = re.search(rb'<script id="page-data" type="application/json">(.*?)</script>', answer.content, re.S)
    return json.loads(found.group(1))


def test_a_page_knows_who_asks_for_what(project, owner, as_user):
    data = page_data(as_user(owner).get(f"/p/{project.pk}/renders/"))
    assert (data["page"], data["me"]["name"], data["project"]["role"]) == ("renders", "Ines", "owner")
    assert data["csrf"]
    assert data["last_event"] == 0


def test_a_name_cannot_break_out_of_the_page(project, owner, as_user):
    type(project).objects.update(name="</script><script>alert(1)</script>")
    answer = as_user(owner).get(f"/p/{project.pk}/")
    assert b"<script>alert" not in answer.content
    assert page_data(answer)["project"]["name"].startswith("</script>")


def test_the_start_leads_to_the_last_project_or_the_list(project, owner, person, as_user):
    assert as_user(person("Jonah")).get("/")["Location"] == "/projects/"
    client = as_user(owner)
    client.get(f"/p/{project.pk}/")
    assert client.get("/")["Location"] == f"/p/{project.pk}/"


def test_a_page_runs_no_script_but_its_own_and_is_framed_by_nobody(client):
    answer = client.get("/sign-in/")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Frame-Options"] == "DENY"


def test_the_theme_is_there_before_the_first_paint(project, owner, as_user):
    User.objects.update(preferences={"theme": "light"})
    assert b'data-theme="light"' in as_user(owner).get("/projects/").content


def test_an_address_that_is_none_looks_like_one_that_is_not_shared(project, client, owner, as_user):
    nonsense = as_user(owner).get("/nonsense/")
    assert nonsense.status_code == 404
    assert b"There is nothing here, or it is not shared with you." in nonsense.content


def test_without_built_pages_a_sentence_says_what_to_do(client, tmp_path, monkeypatch):
    config = {**utils.get_loader("DEFAULT").config, "STATS_FILE": str(tmp_path / "none.json"), "CACHE": False}
    monkeypatch.setattr("webpack_loader.utils.get_loader", lambda name: WebpackLoader(name, config))
    answer = client.get("/sign-in/")
    assert answer.status_code == 503
    assert b"make build" in answer.content


def test_healthz_and_readyz_answer(client):
    assert client.get("/healthz").json() == {"ok": True}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert [check["name"] for check in ready.json()["checks"]] == ["database", "migrations", "storage", "free space"]


def test_a_call_with_a_stale_form_is_told_so_in_the_one_shape(owner):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    answer = strict.post("/api/v1/projects", {"name": "x"}, content_type="application/json")
    assert answer.status_code == 403
    assert "detail" in answer.json()
