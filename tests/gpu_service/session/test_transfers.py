"""Files to and from the studio: whole or not at all, going on where the line was cut."""

import httpx
import pytest

from gpu_service.client import LeaseLost, StudioRefused, is_loopback
from gpu_service.errors import RenderError
from gpu_service.inputs import InputCache
from gpu_service.protocol import InputRef, Work
from gpu_service.uploads import upload
from tests.gpu_service.session.fakes import cut_once


async def test_a_file_is_fetched_once_and_kept(studio, bench):
    ref = InputRef.model_validate(studio.add_file(b"song" * 1000))
    path = (await bench.inputs.paths([ref]))[ref.sha256]
    assert path.read_bytes() == b"song" * 1000
    studio.files.clear()
    assert (await bench.inputs.paths([ref]))[ref.sha256] == path


async def test_a_cut_fetch_goes_on_where_it_stopped(studio, bench, tmp_path):
    ref = InputRef.model_validate(studio.add_file(b"0123456789" * 100))
    part = tmp_path / "inputs" / ref.sha256[:2] / f"{ref.sha256}.part"
    part.parent.mkdir()
    part.write_bytes((b"0123456789" * 100)[:333])
    asked: list[str] = []
    studio.trouble.append(lambda request: asked.append(request.headers.get("Range", "")))
    studio.trouble.append(cut_once("GET", "/inputs/"))
    path = (await bench.inputs.paths([ref]))[ref.sha256]
    assert path.read_bytes() == b"0123456789" * 100
    assert asked == ["bytes=333-", "bytes=333-"]


async def test_a_file_of_another_content_is_not_kept(studio, bench, tmp_path):
    ref = InputRef.model_validate(studio.add_file(b"the right one"))
    studio.files[ref.sha256] = b"the wrong one"
    with pytest.raises(RenderError, match="arrived damaged"):
        await bench.inputs.paths([ref])
    assert not [path for path in (tmp_path / "inputs").glob("??/*") if path.is_file()]


async def test_a_file_that_is_none_of_ours_is_refused_with_the_studios_words(bench):
    ref = InputRef(sha256="0" * 64, size=3, name="secret", role="track")
    with pytest.raises(StudioRefused, match="no such file"):
        await bench.inputs.paths([ref])


async def test_the_cache_forgets_what_was_used_longest_ago_but_never_what_is_in_use(studio, tmp_path):
    cache = InputCache(tmp_path / "small", client=studio.client(), limit_bytes=2500)
    refs = [InputRef.model_validate(studio.add_file(bytes([number]) * 1000)) for number in range(4)]
    with cache.using(refs[:1]):
        for ref in refs:
            await cache.paths([ref])
    left = {path.name for path in (tmp_path / "small").glob("??/*")}
    assert refs[0].sha256 in left
    assert refs[3].sha256 in left
    assert len(left) == 2


async def test_an_upload_goes_in_small_chunks_and_survives_a_cut(studio, bench, tmp_path):
    file = tmp_path / "segment.h264"
    file.write_bytes(bytes(range(256)) * 40_000)
    studio.trouble.append(cut_once("PATCH", "/uploads/"))
    sent = await upload(bench.client, file, kind="segment", project_id=None, sha256="ab" * 32)
    assert studio.uploads[str(sent)]["data"] == file.read_bytes()
    assert studio.largest_chunk == 4 * 1024 * 1024


async def test_a_studio_that_is_away_is_asked_again(studio, bench):
    answers = [503, 502, 500]
    studio.trouble.append(lambda _request: httpx.Response(answers.pop(0)) if answers else None)
    assert (await bench.client.post("/service/claims", Work())).status_code == 204
    assert answers == []


async def test_patience_ends_with_a_sentence(studio, bench):
    studio.trouble.append(lambda _request: httpx.Response(503))
    with pytest.raises(RenderError, match="could not be reached") as caught:
        await bench.client.post("/service/claims", Work(), patience=0.05)
    assert caught.value.retry


async def test_a_conflict_is_a_lost_lease_and_a_refusal_has_its_sentence(studio, bench):
    studio.trouble.append(lambda _request: httpx.Response(409, json={"detail": "Another works on it."}))
    with pytest.raises(LeaseLost):
        await bench.client.post("/service/claims", Work())
    studio.trouble[0] = lambda _request: httpx.Response(422, json={"detail": "No such kind."})
    with pytest.raises(StudioRefused, match=r"No such kind\."):
        await bench.client.post("/service/claims", Work())


def test_the_token_goes_to_this_studio_alone(studio):
    assert studio.client().address_of("https://elsewhere.example/api/v1/uploads/7") == (
        "http://127.0.0.1:1/api/v1/uploads/7"
    )


@pytest.mark.parametrize(
    ("address", "local"),
    [("http://localhost:80", True), ("http://127.0.0.2", True), ("http://[::1]:8", True), ("https://a.example", False)],
)
def test_no_proxy_stands_before_this_machine(address, local):
    assert is_loopback(address) is local


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_a_full_disk_of_the_studio_is_said_in_its_own_words(studio, bench, tmp_path, method):
    (tmp_path / "segment.h264").write_bytes(b"x" * 1000)
    full = "The disk of the studio is full. Nothing was half stored. Free 2.1 GB, then try again."
    studio.trouble.append(lambda asked: httpx.Response(507, json={"detail": full}) if asked.method == method else None)
    with pytest.raises(StudioRefused, match=r"^The disk of the studio is full\. .* Free 2\.1 GB, then try again\.$"):
        await upload(bench.client, tmp_path / "segment.h264", kind="segment", project_id=None, sha256="ab" * 32)
