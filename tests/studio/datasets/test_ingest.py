import io
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.utils import timezone
from PIL import Image

from studio.blobs.models import Blob, Upload
from studio.datasets import arrivals
from studio.datasets.devices import revoke
from studio.datasets.models import CaptureSession, Dataset, Portrait, PortraitFacts
from studio.events.models import Event
from studio.projects.models import Membership, Project
from tests.studio.conftest import ApiClient
from tests.studio.datasets.conftest import picture, sha256_of
from tests.studio.tus import TusClient

pytestmark = pytest.mark.django_db
DATA = picture(1)
SHA256 = sha256_of(DATA)


def to(dataset, session=None, data=DATA, **said):
    place = {"dataset": str(dataset.pk)} | ({"session": str(session.pk)} if session else {})
    return {"kind": "portrait", "filename": "one.jpg", "sha256": sha256_of(data), **place, **said}


def test_a_person_s_picture_becomes_a_portrait_of_today_s_session(tus, project, dataset, owner):
    answer = tus.send(project, DATA, **to(dataset))
    portrait = Portrait.objects.get()
    assert answer.status_code == 204
    assert answer["Phosphene-Receipt"] == f"{portrait.pk}:{SHA256}"
    assert (portrait.width_px, portrait.height_px, portrait.format, portrait.bytes) == (60, 40, "JPEG", len(DATA))
    session = portrait.session
    assert (session.source, session.dataset, session.created_by) == ("upload", dataset, owner)
    tus.send(project, picture(2), **to(dataset, data=picture(2)))
    assert [row.session for row in Portrait.objects.all()] == [session, session]


def test_a_device_s_picture_keeps_what_the_device_said(camera, project, dataset, sitting):
    said = {"sequence": "7", "taken_at": "2026-11-20T10:00:00+00:00", "camera": json.dumps({"shutter_us": 1000})}
    answer = camera.send(project, DATA, **to(dataset, sitting, **said))
    portrait = Portrait.objects.get()
    assert answer["Phosphene-Receipt"] == f"{portrait.pk}:{SHA256}"
    assert (portrait.session, portrait.sequence) == (sitting, 7)
    assert portrait.taken_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    facts = PortraitFacts.objects.get()
    assert (facts.camera, facts.taken_at_said) == ({"shutter_us": 1000}, said["taken_at"])


def test_the_same_picture_three_times_is_one_portrait_and_three_receipts(camera, project, dataset, sitting):
    """F11, also when all three are announced before the first is whole."""
    begun = [camera.begin(project, len(DATA), **to(dataset, sitting))["Location"] for _ in range(3)]
    receipts = {camera.piece(address, 0, DATA)["Phosphene-Receipt"] for address in begun}
    assert receipts == {f"{Portrait.objects.get().pk}:{SHA256}"}
    again = camera.begin(project, len(DATA), **to(dataset, sitting))
    assert (again.status_code, again["Phosphene-Receipt"]) == (200, receipts.pop())
    assert "Location" not in again
    assert Blob.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_pictures_that_end_at_the_same_moment_are_each_taken_once(project, dataset, sitting, paired):
    """F11 with threads: of six lanes that send the same four pictures, every one has a receipt, and they agree."""

    def lane(_: int) -> list[str]:
        camera = TusClient(ApiClient(), token=paired[1])
        try:
            return [
                camera.send(project, picture(number), **to(dataset, sitting, picture(number)))["Phosphene-Receipt"]
                for number in range(4)
            ]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as lanes:
        receipts = list(lanes.map(lane, range(6)))
    assert len({tuple(found) for found in receipts}) == 1
    assert Portrait.objects.count() == Blob.objects.count() == 4


def test_what_another_dataset_holds_is_never_told(camera, tus, project, dataset, sitting, person):
    other = Dataset.objects.create(project=project, name="other")
    tus.send(project, DATA, **to(other))
    stranger = Project.objects.create(name="Elsewhere")
    Dataset.objects.create(project=stranger, name="faces")
    assert camera.begin(project, len(DATA), **to(dataset, sitting)).status_code == 201
    known = camera.client.call(
        "POST", f"/capture/datasets/{dataset.pk}/known", {"sha256": [SHA256]}, **camera.bearer
    ).json()
    assert known == {"known": {}}


def test_a_damaged_picture_is_refused_and_set_aside(camera, project, dataset, sitting, settings):
    """F10: what arrived is in quarantine with a note; no portrait, no blob; the sender may send it again."""
    said = to(dataset, sitting) | {"sha256": "0" * 64}
    begun = camera.begin(project, len(DATA), **said)["Location"]
    answer = camera.piece(begun, 0, DATA)
    assert (answer.status_code, answer.json()["field"]) == (422, "sha256")
    assert "arrived damaged" in answer.json()["detail"]
    assert camera.state(begun)["state"] == "refused"
    upload = Upload.objects.get()
    kept = settings.STUDIO_DATA / "quarantine" / str(upload.pk)
    assert kept.read_bytes() == DATA
    assert json.loads(kept.with_suffix(".json").read_text())["found_sha256"] == SHA256
    assert not Portrait.objects.exists()
    assert not Blob.objects.exists()
    assert camera.send(project, DATA, **to(dataset, sitting)).status_code == 204


def test_a_device_sends_portraits_into_its_own_project_and_nothing_else(camera, paired, project, dataset, sitting):
    other = Project.objects.create(name="Other")
    foreign = Dataset.objects.create(project=other, name="faces")
    foreign_session = CaptureSession.objects.create(dataset=foreign, source="device", device=paired[0])
    assert camera.begin(other, 10, **to(foreign, foreign_session)).status_code == 404
    assert camera.begin(project, 10, **(to(dataset, sitting) | {"kind": "track"})).status_code == 404
    assert camera.begin(project, 10, **(to(dataset, sitting) | {"kind": "segment"})).status_code == 404
    assert camera.begin(project, 10, **to(foreign, foreign_session)).status_code == 422
    address = camera.begin(project, len(DATA), **to(dataset, sitting))["Location"]
    revoke(paired[0])
    assert camera.piece(address, 0, DATA).status_code == 401
    assert camera.begin(project, 10, **to(dataset, sitting)).status_code == 401


def test_a_device_of_a_binned_project_is_signed_out(camera, project, dataset, sitting):
    project.binned_at = timezone.now()
    project.save()
    assert camera.begin(project, 10, **to(dataset, sitting)).status_code == 401


def test_an_upload_is_its_sender_s_alone(camera, tus, project, dataset, sitting):
    mine = camera.begin(project, len(DATA), **to(dataset, sitting))["Location"]
    theirs = tus.begin(project, len(DATA), **to(dataset))["Location"]
    assert tus.piece(mine, 0, DATA).status_code == 404
    assert camera.piece(theirs, 0, DATA).status_code == 404


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"dataset": str(uuid.uuid4())}, "dataset"),
        ({"dataset": "faces"}, "dataset"),
        ({"session": str(uuid.uuid4())}, "session"),
        ({"sequence": "-1"}, "sequence"),
        ({"sequence": "99999999999"}, "sequence"),
        ({"taken_at": "yesterday"}, "taken_at"),
        ({"written_at": "9 o'clock"}, "written_at"),
        ({"camera": "[1]"}, "camera"),
        ({"camera": '{"a": "' + "x" * 20_000 + '"}'}, "camera"),
    ],
)
def test_wrong_metadata_name_their_field(camera, project, dataset, sitting, said, field):
    answer = camera.begin(project, len(DATA), **(to(dataset, sitting) | said))
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_a_device_must_say_its_session_and_its_hash(camera, project, dataset, sitting):
    assert camera.begin(project, 10, **to(dataset)).json()["field"] == "session"
    assert camera.begin(project, 10, **(to(dataset, sitting) | {"sha256": ""})).json()["field"] == "sha256"


def test_a_clock_that_is_years_off_is_put_right(camera, project, dataset, paired):
    """F15: the device lives three years ago. Its order stays, the studio's time is what counts, nothing is refused."""
    session_id, past = uuid.uuid4(), timezone.now() - timedelta(days=3 * 365)
    order = {"dataset_id": str(dataset.pk), "started_at": past.isoformat(), "device_now": past.isoformat()}
    answer = camera.client.call("PUT", f"/capture/sessions/{session_id}", order, **camera.bearer)
    assert answer.status_code == 200
    session = CaptureSession.objects.get(pk=session_id)
    assert abs((session.started_at - timezone.now()).total_seconds()) < 5
    for number in (1, 2, 3):
        said = {"sequence": str(number), "taken_at": (past + timedelta(seconds=number - 10)).isoformat()}
        data = picture(number)
        assert camera.send(project, data, **to(dataset, session, data, **said)).status_code == 204
    taken = list(Portrait.objects.order_by("sequence").values_list("taken_at", flat=True))
    assert [round((late - early).total_seconds()) for early, late in pairwise(taken)] == [1, 1]
    assert abs((taken[0] - timezone.now()).total_seconds()) < 20
    assert PortraitFacts.objects.first().taken_at_said.startswith(str(past.year))


def test_a_clock_that_jumps_in_mid_session_does_not_change_the_order(camera, project, dataset, sitting):
    """F15: the network sets the clock between the second shot and the third."""
    now = timezone.now()
    ahead, right = now + timedelta(days=1000), now - timedelta(days=1000)
    for number, moment in ((1, ahead), (2, ahead), (3, right), (5, right), (4, ahead)):
        data, said = picture(number), {"sequence": str(number), "taken_at": moment.isoformat()}
        assert camera.send(project, data, **to(dataset, sitting, data, **said)).status_code == 204
    assert list(Portrait.objects.order_by("taken_at").values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]
    assert all(portrait.taken_at <= timezone.now() + timedelta(days=2) for portrait in Portrait.objects.all())


def test_time_and_place_of_a_file_name_are_read_as_its_camera_wrote_them(tus, project, dataset):
    name = "april_27_cottage_session_1_04-28-2021_11-50-12-752379.jpeg"
    tus.send(project, DATA, **(to(dataset) | {"filename": name}))
    portrait = Portrait.objects.get()
    assert portrait.taken_at == datetime(2021, 4, 28, 11, 50, 12, 752379, tzinfo=UTC)
    assert portrait.name == name
    assert (portrait.session.name, portrait.session.started_at) == ("april_27_cottage_session_1", portrait.taken_at)


def test_pictures_of_one_set_and_day_are_one_session(tus, project, dataset):
    names = [
        "faces_03-01-2026_10-00-01-5.jpeg",
        "faces_03-01-2026_09-00-00-000000.jpeg",
        "faces_03-02-2026_01-00-00-0.jpg",
    ]
    for number, name in enumerate([*names, "other_03-01-2026_10-00-01-5.jpeg", "plain.jpg"]):
        tus.send(project, picture(number), **(to(dataset, data=picture(number)) | {"filename": name}))
    found = dict(Portrait.objects.values_list("name", "session"))
    assert found[names[0]] == found[names[1]]
    assert len(set(found.values())) == 4
    session = CaptureSession.objects.get(pk=found[names[0]])
    assert (session.name, session.source) == ("faces", "upload")
    assert session.started_at == datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_everything_that_is_known_of_a_portrait_is_told(camera, tus, project, dataset, sitting):
    camera.send(project, DATA, **to(dataset, sitting, sequence="3", camera='{"iso": 100}'))
    portrait = Portrait.objects.get()
    found = tus.client.get(f"/api/v1/portraits/{portrait.pk}").json()
    assert found["id"] == portrait.pk
    assert (found["sha256"], found["bytes"], found["sequence"]) == (SHA256, len(DATA), 3)
    assert (found["device_name"], found["camera"]) == ("Attic Pi", {"iso": 100})
    assert found["faces_found"] == []


@pytest.mark.parametrize("name", ["../../x.jpg", "C:\\x.jpg", "a" * 5000 + ".jpg", "nul\x00.jpg", "\u202egpj.exe", "/"])
def test_a_name_is_text_and_never_a_path(tus, project, dataset, settings, name):
    """F25"""
    answer = tus.send(project, DATA, **(to(dataset) | {"filename": name}))
    assert answer.status_code == 204
    portrait = Portrait.objects.get()
    assert len(portrait.name) <= 255
    assert portrait.name.isprintable()
    outside = list(settings.STUDIO_DATA.parent.rglob("*.jpg"))
    assert outside == []
    original = tus.client.get(f"/api/v1/portraits/{portrait.pk}/files/original")
    assert original.status_code == 200
    assert original["Content-Disposition"].startswith("attachment")
    assert not set("\r\n\x00") & set(original["Content-Disposition"])


def test_no_picture_is_no_portrait(tus, project, dataset):
    data = b"<html><script>alert(1)</script></html>"
    answer = tus.send(project, data, **(to(dataset, data=data) | {"filename": "one.jpg"}))
    assert answer.status_code == 422
    assert "no picture" in answer.json()["detail"]
    assert not Portrait.objects.exists()
    assert not Blob.objects.exists()


def test_arrivals_are_told_of_together_when_they_come_fast(camera, project, dataset, sitting, monkeypatch):
    monkeypatch.setattr(arrivals, "TELL_EVERY", timedelta(hours=1))
    for number in range(8):
        data = picture(number)
        camera.send(project, data, **to(dataset, sitting, data, sequence=str(number + 1)))
    arrivals.announce(dataset)
    told = [event.payload for event in Event.objects.filter(kind="portraits.arrived").order_by("number")]
    ids = list(Portrait.objects.order_by("pk").values_list("pk", flat=True))
    assert [payload["ids"] for payload in told] == [ids[:1], ids[1:]]
    assert [payload["count"] for payload in told] == [1, 7]
    assert {payload["session_id"] for payload in told} == {str(sitting.pk)}
    assert arrivals.announce(dataset) == 0


def test_a_viewer_sends_nothing(member, as_user, project, dataset):
    assert TusClient(as_user(member("viewer"))).begin(project, len(DATA), **to(dataset)).status_code == 403


def test_a_member_who_left_sends_nothing_more(tus, owner, project, dataset):
    address = tus.begin(project, len(DATA), **to(dataset))["Location"]
    Membership.objects.filter(user=owner).delete()
    assert tus.piece(address, 0, DATA).status_code == 404


@pytest.mark.parametrize("kind", ["JPEG", "HEIF"])
def test_what_the_camera_wrote_counts_before_the_file_s_own_time(camera, project, dataset, sitting, kind):
    """A device has no reader of HEIC: it tells the file's time, and the studio reads EXIF."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[36867] = "2024:05:06 07:08:09"
    written = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 150)).save(written, kind, exif=exif.tobytes())
    data = written.getvalue()
    said = {"filename": "IMG_1.any", "written_at": "2026-11-02T12:00:00+00:00"}
    assert camera.send(project, data, **to(dataset, sitting, data, **said)).status_code == 204
    assert Portrait.objects.get().taken_at == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written_at", "is_kept"), [("2026-11-02T12:00:00.250Z", True), ("9999-11-02T12:00:00Z", False)]
)
def test_a_picture_without_exif_has_its_file_s_own_time(tus, project, dataset, written_at, is_kept):
    tus.send(project, DATA, **to(dataset, written_at=written_at))
    taken_at = Portrait.objects.get().taken_at
    if is_kept:
        assert taken_at == datetime(2026, 11, 2, 12, 0, 0, 250_000, tzinfo=UTC)
    else:
        assert abs((taken_at - timezone.now()).total_seconds()) < 20
