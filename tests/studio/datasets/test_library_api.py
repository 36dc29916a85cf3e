"""The library's addresses, as the page calls them."""

import json
from urllib.parse import quote

import pytest

from studio.datasets.models import Decision, Portrait
from tests.studio.datasets.library import make_dataset, make_portraits, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset(project):
    return make_dataset(project)


@pytest.fixture
def client(owner, as_user):
    return as_user(owner)


def ask(client, dataset, what, wanted=None, **query):
    said = "&".join(f"{name}={quote(str(value))}" for name, value in query.items())
    filter_text = quote(json.dumps(wanted or {}))
    answer = client.call("GET", f"/datasets/{dataset.pk}/{what}?filter={filter_text}&{said}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_grid_walks_through_every_page_by_the_keys_of_the_index(dataset, client):
    make_portraits(make_session(dataset), 700)
    index = ask(client, dataset, "index")
    assert (index["count"], index["total"]) == (700, 700)
    assert [stop["rank"] for stop in index["stops"]] == [0, 240, 480]
    everyone = list(Portrait.objects.order_by("taken_at", "id").values_list("id", flat=True))
    key = None
    for stop in index["stops"]:
        assert stop["key"] == key
        page = ask(client, dataset, "portraits", after=stop["key"] or "")
        assert [item["id"] for item in page["items"]] == everyone[stop["rank"] : stop["rank"] + 240]
        key = page["next"]
    assert key is None


def test_a_decision_is_seen_in_the_grid_and_undone(dataset, client, owner):
    portraits = make_portraits(make_session(dataset), 3)
    order = {"selection": {"ids": [portraits[1].pk]}, "verdict": -1}
    said = client.call("POST", f"/datasets/{dataset.pk}/decide", order).json()
    assert (said["count"], said["label"]) == (1, "Rejected 1 portrait")
    items = ask(client, dataset, "portraits")["items"]
    assert [item["verdict"] for item in items] == [0, -1, 0]
    assert items[1]["decided_by"] == {"id": str(owner.pk), "name": "Ines"}
    assert ask(client, dataset, "index", {"verdict": "rejected"})["count"] == 1
    history = client.call("GET", f"/datasets/{dataset.pk}/history").json()
    assert (history["undo"], history["redo"]) == ("Rejected 1 portrait", None)
    assert client.call("POST", f"/datasets/{dataset.pk}/undo").json()["count"] == 1
    assert not Decision.objects.exists()
    assert client.call("POST", f"/datasets/{dataset.pk}/undo").status_code == 409
    assert client.call("POST", f"/datasets/{dataset.pk}/redo").json()["count"] == 1
    assert Decision.objects.get().verdict == -1


def test_facets_count_what_each_chip_leaves(dataset, client):
    session = make_session(dataset)
    make_portraits(session, 30, faces=1, sharpness=80.0)
    make_portraits(session, 20, seed=1, faces=1, sharpness=20.0)
    make_portraits(session, 10, seed=2, faces=2, sharpness=80.0)
    said = ask(client, dataset, "facets", {"faces": [1, 1], "sharpness": [50, None]})
    assert said["count"] == 30
    assert said["chips"] == {"faces": 50, "sharpness": 30}
    assert said["without"] == {"faces": 40, "sharpness": 50}
    assert said["faces"] == {"0": 0, "1": 30, "2": 10, "3+": 0}
    sharpness = said["histograms"]["sharpness"]
    assert (sharpness["from"], sharpness["to"], len(sharpness["bins"])) == (0, 100, 60)
    assert (sharpness["bins"][48], sharpness["bins"][12], sum(sharpness["bins"])) == (30, 20, 50)
    assert sum(sharpness["kept"]) == 30


def test_views_are_saved_shared_renamed_and_removed(dataset, client, member, as_user):
    query = {"faces": [1, 1], "sharpness": [42, None]}
    made = client.call("POST", f"/datasets/{dataset.pk}/views", {"name": "  Sharp,  one face ", "query": query})
    assert made.status_code == 201
    view = made.json()
    assert (view["name"], view["query"]) == ("Sharp, one face", {"faces": [1.0, 1.0], "sharpness": [42.0, None]})
    viewer = as_user(member("viewer"))
    assert viewer.call("GET", f"/datasets/{dataset.pk}/views").json()["items"] == [view]
    matching = viewer.call("GET", f"/datasets/{dataset.pk}/portraits?filter={quote(json.dumps(query))}").json()["items"]
    counted = viewer.call("GET", f"/datasets/{dataset.pk}/views/counts").json()["counts"]
    assert counted == {view["id"]: len(matching)}
    assert client.call("PATCH", f"/views/{view['id']}", {"name": "Sharp"}).json()["query"] == view["query"]
    assert client.call("PATCH", f"/views/{view['id']}", {"name": " "}).status_code == 422
    assert client.call("DELETE", f"/views/{view['id']}").status_code == 204
    assert client.call("GET", f"/datasets/{dataset.pk}/views").json()["items"] == []


def test_a_viewer_may_not_bring_back_from_the_bin(dataset, member, as_user):
    [portrait] = make_portraits(make_session(dataset), 1)
    answer = as_user(member("viewer")).call(
        "POST", f"/datasets/{dataset.pk}/bin/restore", {"selection": {"ids": [portrait.pk]}}
    )
    assert answer.status_code == 403


def test_a_wrong_filter_names_the_field(dataset, client):
    for wanted, field in (
        ('{"faces": [3, 1]}', "filter"),
        ('{"sharpness": ["x", 1]}', "filter.sharpness.0"),
        ('{"taken": ["2026-01-01T00:00:00", null]}', "filter.taken.0"),
        ('{"colour": 1}', "filter.colour"),
        ("{", "filter"),
    ):
        answer = client.call("GET", f"/datasets/{dataset.pk}/index?filter={quote(wanted)}")
        assert (answer.status_code, answer.json()["field"]) == (422, field), answer.content
    for key in ("x", "WzAsMSwyXQ", "AAAA", "W10"):
        answer = client.call("GET", f"/datasets/{dataset.pk}/portraits?after={key}")
        assert (answer.status_code, answer.json()["field"]) == (422, "after"), key
