"""The explorer's socket: its own preview, recipes checked, files of the project alone, size of messages bounded."""

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from gpu_service.protocol import SnapshotNeeds, VisualizerInfo
from gpu_service.visualizers.explore import ExploreParameters
from gpu_service.visualizers.walk import WalkParameters
from studio.networks.models import Directions, Network
from studio.projects.models import Membership, Project
from studio.scenes import explore_socket
from studio.scenes.preview import hub
from tests.studio.features import make_made_of, make_network
from tests.studio.services.conftest import _empty_hub as _empty_hub
from tests.studio.services.conftest import cookie as cookie
from tests.studio.services.conftest import token as token
from tests.studio.services.sockets import FakeService, close_code, hello, next_frame, next_json, page_socket, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
in_thread = sync_to_async


def explorer() -> dict[str, Any]:
    """The real schema of the explorer, as a service announces it."""
    entry = VisualizerInfo(
        name="explore",
        title="Explorer",
        version="1",
        summary="",
        schema=ExploreParameters.model_json_schema(),
        snapshots=SnapshotNeeds(min=1, max=600, kinds=["cppn"]),
        is_for_scenes=False,
    )
    return {"catalogue": [*hello()["catalogue"], json.loads(entry.model_dump_json())]}


@pytest.fixture
def network(project) -> Network:
    return make_network(project)


async def attached(token: Any, **changes: Any) -> FakeService:
    return await FakeService(token[1]).attach(**explorer(), **changes)


async def ids_of(network: Network) -> list[str]:
    return [str(pk) async for pk in network.snapshots.order_by("order").values_list("pk", flat=True)]


async def explore(network: Network, cookie: str, *, credits: int = 4, **said: Any) -> Any:
    page = page_socket(f"/ws/networks/{network.id}/explore", cookie)
    connected, _ = await page.connect()
    assert connected
    join = {"type": "join", "snapshot_ids": (await ids_of(network))[:1], "width": 256, "height": 128, **said}
    await page.send_json_to(join)
    await page.send_json_to({"type": "credit", "n": credits})
    return page


async def test_a_hand_moves_and_the_picture_follows(network, token, cookie):
    service = await attached(token)
    page = await explore(network, cookie, parameters={"vector": {"seed": 4}})
    opened = await service.hear("preview.open")
    scene = opened["scene"]
    assert (opened["width"], opened["height"], scene["visualizer"], scene["tracks"]) == (256, 128, "explore", [])
    assert scene["parameters"]["vector"] == {**scene["parameters"]["vector"], "seed": 4, "truncation": 0.7}
    assert [item["role"] for item in opened["inputs"]] == ["snapshot"]
    data = await service.draw(opened["preview_id"], seconds=0, revision=opened["revision"])
    assert await next_frame(page) == data
    await page.send_json_to({"type": "parameters", "values": {"vector": {"seed": 5}}, "n": 17})
    update = await service.hear("preview.update")
    assert (update["scene"], list(update["parameters"]), update["parameters"]["vector"]["seed"]) == (
        None,
        ["vector"],
        5,
    )
    assert (await next_json(page, "moved"))["revision"] == update["revision"]


async def test_a_walk_without_end_is_opened_without_a_scene(network, token, cookie):
    walk = VisualizerInfo(
        name="walk",
        title="Walk",
        version="1",
        summary="",
        schema=WalkParameters.model_json_schema(),
        snapshots=SnapshotNeeds(min=1, max=1, kinds=["cppn"]),
        is_for_scenes=False,
    )
    service = await FakeService(token[1]).attach(catalogue=[json.loads(walk.model_dump_json())])
    page = await explore(network, cookie, visualizer="walk", duration=90_000, parameters={"seed": 7})
    scene = (await service.hear("preview.open"))["scene"]
    assert (scene["visualizer"], scene["duration_seconds"], scene["parameters"]["seed"]) == ("walk", 21_600.0, 7)
    await page.send_json_to({"type": "parameters", "values": {"seed": 8}})
    assert (await service.hear("preview.update"))["parameters"] == {"seed": 8}
    other = await explore(network, cookie, visualizer="path")
    assert (await next_json(other, "error"))["field"] == "visualizer"
    await page.disconnect()
    await other.disconnect()
    await service.leave()


async def test_a_viewer_explores_and_what_it_shows_is_nobody_elses(network, project, token, cookie, member):
    service = await attached(token)
    mine = await explore(network, cookie)
    first = await service.hear("preview.open")
    await service.draw(first["preview_id"], seconds=0, revision=first["revision"])
    await next_frame(mine)
    hers = await explore(network, await in_thread(sign_in)(await in_thread(member)("viewer")))
    second = await service.hear("preview.open")
    assert second["preview_id"] != first["preview_id"]
    await hers.send_json_to({"type": "parameters", "values": {"mode": "picture"}})
    assert (await service.hear("preview.update"))["preview_id"] == second["preview_id"]
    assert [preview.newest is None for preview in hub.previews.values()] == [False, True]


async def test_leaving_frees_the_place_at_once_and_a_lost_line_keeps_it(network, token, cookie):
    service = await attached(token, preview_slots=1)
    sheet = await explore(network, cookie)
    opened = await service.hear("preview.open")
    await sheet.send_json_to({"type": "leave"})
    assert (await service.hear("preview.close"))["preview_id"] == opened["preview_id"]
    assert not hub.previews
    page = await explore(network, cookie, parameters={"vector": {"seed": 1}})
    opened = await service.hear("preview.open")
    await service.draw(opened["preview_id"], seconds=0, revision=opened["revision"])
    await next_frame(page)
    await page.disconnect()
    again = await explore(network, cookie, parameters={"vector": {"seed": 2}}, resume=opened["preview_id"])
    assert (await next_json(again, "preview"))["preview_id"] == opened["preview_id"]
    assert await next_frame(again)
    assert (await service.hear("preview.update"))["parameters"]["vector"]["seed"] == 2


async def test_directions_are_handed_as_inputs_and_foreign_ones_refused(network, project, owner, token, cookie, person):
    service = await attached(token)
    snapshot = await network.snapshots.select_related("network").afirst()
    await in_thread(make_made_of)(snapshot)
    file = (await Directions.objects.aget()).blob_id
    page = await explore(network, cookie)
    await service.hear("preview.open")
    step = {"file": file, "index": 1, "amount": 0.5}
    await page.send_json_to({"type": "parameters", "values": {"vector": {"steps": [step]}}})
    update = await service.hear("preview.update")
    assert {(item["role"], item["sha256"]) for item in update["inputs"]} >= {("directions", file)}
    assert file in hub.inputs_open_on(next(iter(hub.senders)))
    await page.send_json_to({"type": "parameters", "values": {"vector": {"steps": [{**step, "amount": 1.0}]}}})
    assert (await service.hear("preview.update"))["scene"] is None
    other = await in_thread(Project.objects.create)(name="Other")
    await Membership.objects.acreate(project=other, user=owner, role="owner")
    theirs = await in_thread(make_network)(other)
    stranger = await explore(theirs, cookie)
    await service.hear("preview.open")
    await stranger.send_json_to({"type": "parameters", "values": {"vector": {"steps": [step]}}})
    said = await next_json(stranger, "error")
    assert "does not have" in said["message"]


async def test_snapshots_change_and_only_those_of_the_project_can_be_named(network, token, cookie):
    service = await attached(token)
    page = await explore(network, cookie)
    await service.hear("preview.open")
    first, second = await ids_of(network)
    await page.send_json_to({"type": "snapshots", "snapshot_ids": [second, first]})
    names = [item["name"] for item in (await service.hear("preview.update"))["scene"]["snapshots"]]
    assert names == ["tidepool-1", "tidepool-0"]
    for wrong in ([str(network.id)], [], "all", [first] * 65, [None]):
        await page.send_json_to({"type": "snapshots", "snapshot_ids": wrong})
        assert (await next_json(page, "error"))["message"].endswith(".")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"vector": {"seed": -1}}, "parameters.vector"),
        ({"vector": {"sed": 1}}, "parameters.vector"),
        ({"look": {"noise": "loud"}}, "parameters.look"),
        ({"sheet": [{}] * 601}, "parameters.sheet"),
        ({"columns": 0}, "parameters.columns"),
        ({"mode": "film"}, "parameters.mode"),
        ({"nothing": 1}, "parameters.nothing"),
    ],
)
async def test_what_cannot_be_drawn_is_refused_in_a_sentence(network, token, cookie, values, field):
    service = await attached(token)
    page = await explore(network, cookie)
    await service.hear("preview.open")
    await page.send_json_to({"type": "parameters", "values": values})
    said = await next_json(page, "error")
    assert said["message"].endswith(".")
    if values != {"sheet": [{}] * 601}:
        assert said["field"] == field


async def test_a_path_lasts_as_long_as_its_way(network, token, cookie):
    service = await attached(token)
    page = await explore(network, cookie)
    assert (await service.hear("preview.open"))["scene"]["duration_seconds"] == 1.0
    way = [{"vector": {"seed": seed}, "length": 2.5} for seed in range(4)]
    await page.send_json_to({"type": "parameters", "values": {"mode": "path", "path": way, "loop": True}})
    assert (await service.hear("preview.update"))["scene"]["duration_seconds"] == 10.0
    await page.send_json_to({"type": "parameters", "values": {"loop": False}})
    assert (await service.hear("preview.update"))["scene"]["duration_seconds"] == 7.5
    await page.send_json_to({"type": "size", "width": 512, "height": 512})
    assert (await service.hear("preview.update"))["width"] == 512


async def test_a_page_that_comes_before_any_service_waits(network, token, cookie, monkeypatch):
    monkeypatch.setattr(explore_socket, "RETRY_SECONDS", 0.05)
    page = await explore(network, cookie)
    assert "begins by itself" in (await next_json(page, "error"))["message"]
    service = await attached(token)
    opened = await service.hear("preview.open")
    assert (await next_json(page, "preview", state="preparing"))["preview_id"] == opened["preview_id"]


async def test_a_large_sheet_fits_and_a_message_without_end_closes(network, token, cookie):
    service = await attached(token)
    page = await explore(network, cookie)
    await service.hear("preview.open")
    sheet = [{"vector": {"seed": seed, "tweaks": [{"kind": "scale", "amount": 1.1}]}} for seed in range(600)]
    await page.send_json_to({"type": "parameters", "values": {"mode": "sheet", "sheet": sheet}})
    assert len((await service.hear("preview.update"))["parameters"]["sheet"]) == 600
    await page.send_to(text_data=json.dumps({"type": "parameters", "values": {"sheet": ["x" * 2_000_000]}}))
    assert await close_code(page) == 1009
    await asyncio.sleep(0)


async def test_who_is_no_member_any_more_sees_nothing_more(network, owner, project, token, cookie, settings):
    settings.RIGHTS_SECONDS = 0.05
    await attached(token)
    page = await explore(network, cookie)
    await Membership.objects.filter(user=owner).adelete()
    assert await close_code(page) == 4403
