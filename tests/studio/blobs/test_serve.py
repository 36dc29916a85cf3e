import os

import pytest
from asgiref.sync import async_to_sync
from django.test import RequestFactory

from studio.blobs import serve, store

pytestmark = pytest.mark.django_db
DATA = os.urandom(700_000)


@pytest.fixture
def blob():
    return store.put_bytes(DATA)


def ask(blob, method="GET", *, attachment=False, name="film.mp4", **headers):
    request = RequestFactory().generic(method, "/film", headers=headers)
    return serve.blob_response(request, blob, name=name, content_type="video/mp4", attachment=attachment)


def body(response):
    async def collect() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    return async_to_sync(collect)()


def test_the_whole_file(blob):
    answer = ask(blob)
    assert answer.status_code == 200
    assert answer["Content-Length"] == str(len(DATA))
    assert answer["ETag"] == f'"{blob.sha256}"'
    assert body(answer) == DATA


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=699990-", 699_990, 700_000),
        ("bytes=-10", 699_990, 700_000),
        ("bytes=0-", 0, 700_000),
        ("bytes=699999-9999999", 699_999, 700_000),
        ("bytes=-9999999", 0, 700_000),
    ],
)
def test_a_part_of_it(blob, asked, start, end):
    answer = ask(blob, Range=asked)
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {start}-{end - 1}/700000"
    assert answer["Content-Length"] == str(end - start)
    assert body(answer) == DATA[start:end]


@pytest.mark.parametrize("asked", ["bytes=700000-", "bytes=9-3", "bytes=-0"])
def test_a_part_that_is_not_there(blob, asked):
    answer = ask(blob, Range=asked)
    assert answer.status_code == 416
    assert answer["Content-Range"] == "bytes */700000"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=-", "nonsense"])
def test_what_nobody_understands_means_all_of_it(blob, asked):
    assert ask(blob, Range=asked).status_code == 200


def test_a_part_of_another_file_is_never_sent(blob):
    assert ask(blob, **{"Range": "bytes=5-9", "If-Range": '"another"'}).status_code == 200
    assert ask(blob, **{"Range": "bytes=5-9", "If-Range": f'"{blob.sha256}"'}).status_code == 206


def test_head_tells_the_size_and_sends_nothing(blob):
    answer = ask(blob, "HEAD")
    assert answer["Content-Length"] == str(len(DATA))
    assert answer.content == b""


def test_an_unchanged_file_is_not_sent_again(blob):
    assert ask(blob, **{"If-None-Match": f'"{blob.sha256}"'}).status_code == 304


def test_no_browser_runs_anything_of_a_stored_file(blob):
    answer = ask(blob, name="page.html", attachment=True)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == 'attachment; filename="page.html"'
    assert answer["Content-Security-Policy"].startswith("sandbox")


def test_a_name_cannot_break_out_of_its_header(blob):
    answer = ask(blob, name='a"\r\nSet-Cookie: x=1', attachment=True)
    assert "\n" not in answer["Content-Disposition"]


def test_an_empty_file(db):
    answer = ask(store.put_bytes(b""))
    assert (answer.status_code, answer["Content-Length"]) == (200, "0")
    assert body(answer) == b""
    assert ask(store.put_bytes(b""), Range="bytes=0-").status_code == 416
