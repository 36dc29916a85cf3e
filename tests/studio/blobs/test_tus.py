import base64
import errno
import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.blobs import receive, store
from studio.blobs.models import Blob, Upload
from studio.projects.models import Membership, Role

pytestmark = pytest.mark.django_db
DATA = bytes(range(256)) * 40
SHA256 = hashlib.sha256(DATA).hexdigest()


def test_a_file_sent_in_pieces_arrives_whole(tus, project):
    begun = tus.begin(project, len(DATA))
    assert begun.status_code == 201
    address = begun["Location"]
    for start in range(0, len(DATA), 3000):
        answer = tus.piece(address, start, DATA[start : start + 3000])
        assert answer.status_code == 204
        assert int(answer["Upload-Offset"]) == min(start + 3000, len(DATA))
    assert tus.state(address)["result_url"] == f"/things/{SHA256}"
    assert store.open_blob(Blob.objects.get()).read() == DATA


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(cuts=st.lists(st.tuples(st.integers(1, 4000), st.booleans()), max_size=8))
def test_wherever_it_is_cut_the_offset_equals_the_bytes_stored(tus, project, cuts):
    """A cut before the offset moved leaves the offset where it was; what is sent again lands in the same place."""
    address = tus.begin(project, len(DATA))["Location"]
    upload = Upload.objects.get(pk=address.rpartition("/")[2])
    for size, is_cut in cuts:
        offset = tus.offset(address)
        piece = DATA[offset : offset + size][: len(DATA) - offset - 1]
        if is_cut:  # the process died after some bytes reached the disk, before the row knew
            receive._write(receive.path_of(upload.pk), offset, piece[: len(piece) // 2] + b"garbage")
        elif piece:
            assert tus.piece(address, offset, piece).status_code == 204
        stored = tus.offset(address)
        assert receive.path_of(upload.pk).read_bytes()[:stored] == DATA[:stored]
    offset = tus.offset(address)
    assert tus.piece(address, offset, DATA[offset:]).status_code == 204
    assert tus.state(address)["result_url"] == f"/things/{SHA256}"


def test_a_piece_at_another_offset_changes_nothing(tus, project):
    address = tus.begin(project, len(DATA))["Location"]
    tus.piece(address, 0, DATA[:100])
    for wrong in (0, 50, 200):
        assert tus.piece(address, wrong, b"x" * 10).status_code == 409
    assert tus.offset(address) == 100


def test_a_damaged_piece_is_discarded(tus, project):
    address = tus.begin(project, len(DATA))["Location"]
    wrong = "sha256 " + base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    right = "sha1 " + base64.b64encode(hashlib.sha1(DATA[:100]).digest()).decode()
    assert tus.piece(address, 0, DATA[:100], **{"Upload-Checksum": wrong}).status_code == 460
    assert tus.offset(address) == 0
    assert tus.piece(address, 0, DATA[:100], **{"Upload-Checksum": right}).status_code == 204


def test_a_file_with_another_checksum_than_announced_is_not_kept(tus, project):
    address = tus.begin(project, len(DATA), sha256="0" * 64)["Location"]
    answer = tus.piece(address, 0, DATA)
    assert answer.status_code == 422
    assert "arrived damaged" in answer.json()["detail"]
    assert tus.state(address)["state"] == "refused"
    assert not Blob.objects.exists()
    assert not any(path.is_file() for path in receive.path_of(Upload.objects.get().pk).parent.iterdir())


def test_a_refused_file_is_not_kept(tus, project):
    address = tus.begin(project, len(DATA), filename="refuse.mp3")["Location"]
    answer = tus.piece(address, 0, DATA)
    assert (answer.status_code, answer.json()["detail"]) == (422, "“refuse.mp3” is no sound. Nothing was kept.")
    assert not Blob.objects.exists()
    assert not store.has_file(SHA256)


def test_an_empty_file_is_finished_at_once(tus, project):
    address = tus.begin(project, 0)["Location"]
    assert tus.state(address)["state"] == "done"


def test_a_piece_beyond_the_end_or_above_4_mib_is_refused(tus, project):
    address = tus.begin(project, 10)["Location"]
    assert tus.piece(address, 0, b"x" * 11).status_code == 413
    assert tus.piece(address, 0, b"x" * (4 * 1024 * 1024 + 1)).status_code == 413
    assert tus.offset(address) == 0


def test_another_protocol_version_is_refused(tus, project):
    answer = tus.client.generic("POST", "/api/v1/uploads", headers={"Tus-Resumable": "0.2.2"})
    assert answer.status_code == 412


def test_the_server_says_what_it_can(tus):
    answer = tus.client.generic("OPTIONS", "/api/v1/uploads")
    assert answer.status_code == 204
    assert "checksum" in answer["Tus-Extension"]


def test_a_dropped_upload_leaves_nothing(tus, project):
    address = tus.begin(project, len(DATA))["Location"]
    path = receive.path_of(Upload.objects.get().pk)
    tus.piece(address, 0, DATA[:10])
    assert tus.drop(address).status_code == 204
    assert not path.exists()
    assert tus.client.get(address).status_code == 404


def test_nobody_else_may_touch_an_upload(tus, project, person, as_user):
    address = tus.begin(project, len(DATA))["Location"]
    other = person("Jonah")
    Membership.objects.create(project=project, user=other, role=Role.OWNER)
    tus.client = as_user(other)
    assert tus.piece(address, 0, DATA[:10]).status_code == 404
    assert tus.drop(address).status_code == 404


def test_a_viewer_may_not_send(tus, project, member, as_user):
    tus.client = as_user(member("viewer"))
    assert tus.begin(project, 10).status_code == 403


def test_results_of_work_are_not_for_people_to_send(tus, project):
    assert tus.begin(project, 10, kind="segment").status_code == 422


def test_a_name_is_text_and_never_a_path(tus, project):
    address = tus.begin(project, 10, filename="../../etc/\x00passwd\u202e" + "x" * 5000)["Location"]
    name = tus.state(address)["name"]
    assert name.startswith("../../etc/passwdx")
    assert len(name) == 255


def test_unfinished_uploads_are_found_again_after_a_reload(tus, project):
    tus.begin(project, len(DATA))
    tus.begin(project, 0)
    items = tus.client.call("GET", f"/projects/{project.pk}/uploads").json()["items"]
    assert [item["size"] for item in items] == [len(DATA)]


def test_a_disk_that_is_too_small_is_said_before_anything_is_sent(tus, project, settings):
    settings.UPLOAD_MAX_BYTES = 10**15
    answer = tus.begin(project, 10**14)
    assert answer.status_code == 507
    assert "The disk of the studio is full. Nothing was half stored. Free" in answer.json()["detail"]
    assert not Upload.objects.exists()


def test_a_disk_that_fills_while_writing_leaves_the_offset_and_the_file_as_they_were(tus, project, monkeypatch):
    address = tus.begin(project, len(DATA))["Location"]
    tus.piece(address, 0, DATA[:100])
    real = receive.os.fsync

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(receive.os, "fsync", full)
    assert tus.piece(address, 100, DATA[100:200]).status_code == 507
    monkeypatch.setattr(receive.os, "fsync", real)
    assert tus.offset(address) == 100
    assert receive.path_of(Upload.objects.get().pk).stat().st_size == 100
    assert tus.piece(address, 100, DATA[100:]).status_code == 204
    assert tus.state(address)["result_url"] == f"/things/{SHA256}"


@pytest.mark.django_db(transaction=True)
def test_of_two_pieces_at_once_one_is_taken(tus, project, monkeypatch):
    address = tus.begin(project, len(DATA))["Location"]
    both_are_here = threading.Barrier(2, timeout=10)
    take = receive._take

    def together(upload: Upload, offset: int) -> None:
        both_are_here.wait()
        take(upload, offset)

    monkeypatch.setattr(receive, "_take", together)
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: tus.piece(address, 0, DATA).status_code, range(2)))
    assert sorted(answers) in ([204, 409], [204, 423])
    assert tus.state(address)["result_url"] == f"/things/{SHA256}"
