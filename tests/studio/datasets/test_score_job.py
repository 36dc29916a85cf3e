"""Portraits that arrived get pictures, scores and stacks from one decoding, by a job that nothing is lost to."""

import io
import threading
from typing import Any

import pytest
from PIL import Image, ImageFilter

from studio.blobs.store import open_blob
from studio.datasets import pictures, score_job, score_write
from studio.datasets.models import Decision, Portrait, PortraitFacts
from studio.events.models import Event
from studio.jobs import queue
from studio.jobs.handlers import JobCancelled, JobFailed
from studio.jobs.models import Job, State
from studio.settings.face_models import FaceModels
from tests.studio.datasets.portraits import add_portrait, jpeg, make_dataset

pytestmark = pytest.mark.django_db(transaction=True)


class Context:
    """What the worker hands to a handler. Cancels itself when `cancel_at` portraits are done."""

    def __init__(self, job: Job, *, cancel_at: int = 10**9) -> None:
        self.payload, self.job_id, self.said, self.cancel_at = job.payload, job.pk, [], cancel_at
        self.job, self.words = job, set[str]()

    def progress(self, done: int, total: int = 0, message: str = "") -> None:
        self.said.append((done, total))
        self.words.add(message)
        if done >= self.cancel_at:
            raise JobCancelled

    def raise_if_cancelled(self) -> None: ...

    def raise_if_lost(self) -> None: ...


def run(**options: Any) -> dict[str, Any]:
    """Claim the next job, as the worker does, and run it."""
    lease = queue.claim(runs_on="worker", kinds=[score_job.KIND], holder="test")
    assert lease is not None, "no job is waiting"
    result = score_job.handle(Context(lease.job, **options))
    queue.finish(lease, result=result)
    return result


@pytest.fixture
def face(sample_data):
    return Image.open(sample_data / "portraits" / "obama_official.jpg").convert("RGB")


@pytest.fixture
def dataset(project):
    return make_dataset(project)


def test_a_portrait_gets_its_pictures_scores_and_faces_from_one_decoding(dataset, face, monkeypatch):
    decodings = []
    decode = pictures.decode
    monkeypatch.setattr(pictures, "decode", lambda path, **how: decodings.append(path) or decode(path, **how))
    portrait = add_portrait(dataset, jpeg(face))
    score_job.queue_scoring(dataset)
    assert run() == {"scored": 1, "broken": 0}
    portrait.refresh_from_db()
    assert len(decodings) == 1
    assert (portrait.state, portrait.faces, portrait.width_px, portrait.height_px) == ("ready", 1, 910, 1137)
    assert portrait.scored_by == score_job.current_version()
    assert portrait.sharpness > 65
    with open_blob(portrait.thumb) as thumb, open_blob(portrait.view) as view:
        assert max(Image.open(thumb).size) == 256
        assert Image.open(view).size == (910, 1137)
    (found,) = PortraitFacts.objects.get(portrait=portrait).faces
    left, _, width, _ = found["box"]
    assert left < 0.545 * 910 < left + width
    assert width == pytest.approx(portrait.face_px, abs=2)
    event = Event.objects.filter(kind="portraits.scored").get()
    assert event.payload == {"dataset_id": str(dataset.pk), "ids": [portrait.pk], "count": 1}
    assert event.subject == dataset.subject


def test_a_sideways_portrait_is_scored_upright(dataset, face):
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it clockwise to see it
    face.transpose(Image.Transpose.ROTATE_90).save(buffer, "JPEG", quality=90, exif=exif)
    portrait = add_portrait(dataset, buffer.getvalue())
    score_job.queue_scoring(dataset)
    run()
    portrait.refresh_from_db()
    assert (portrait.faces, portrait.width_px, portrait.height_px) == (1, 910, 1137)
    assert portrait.face_x == pytest.approx(0.545, abs=0.02)


def test_the_broken_are_named_and_the_rest_go_on(dataset, face):
    whole = jpeg(face)
    bad = add_portrait(dataset, whole[: len(whole) // 3])
    text = add_portrait(dataset, b"hello, I am a text")
    good = add_portrait(dataset, whole)
    score_job.queue_scoring(dataset)
    assert run() == {"scored": 1, "broken": 2}
    assert Portrait.objects.get(pk=bad.pk).error == pictures.DAMAGED
    assert Portrait.objects.get(pk=text.pk).error == pictures.UNKNOWN
    assert {row.state for row in Portrait.objects.exclude(pk=good.pk)} == {"broken"}
    assert not score_job.unscored(dataset).exists()


def test_a_burst_is_stacked_as_its_scores_come(dataset, face):
    shots = [face, face.filter(ImageFilter.GaussianBlur(4)), face.filter(ImageFilter.GaussianBlur(2))]
    ids = [add_portrait(dataset, jpeg(shot), seconds=n).pk for n, shot in enumerate(shots)]
    alone = add_portrait(dataset, jpeg(face, size=(400, 500)), seconds=300)
    score_job.queue_scoring(dataset)
    run()
    rows = {row.pk: (row.stack, row.stack_size, row.is_stack_top) for row in Portrait.objects.all()}
    assert rows == {
        ids[0]: (ids[0], 3, True),
        ids[1]: (ids[0], 3, False),
        ids[2]: (ids[0], 3, False),
        alone.pk: (None, 1, True),
    }


def test_asking_often_queues_one_job_and_what_comes_later_gets_the_next(dataset, face, monkeypatch):
    monkeypatch.setattr(score_job, "PER_JOB", 2)
    monkeypatch.setattr(score_job, "PER_WRITE", 2)
    small = face.resize((300, 380))
    for number in range(5):
        add_portrait(dataset, jpeg(small, quality=80 + number))
        score_job.queue_scoring(dataset)
    assert Job.objects.filter(kind=score_job.KIND).count() == 1
    assert run() == {"scored": 2, "broken": 0}
    newest = Portrait.objects.order_by("-pk")
    assert [bool(row.scored_by) for row in newest] == [True, True, False, False, False]
    assert run()["scored"] == 2
    assert run()["scored"] == 1
    assert Job.objects.filter(kind=score_job.KIND).exclude(state=State.DONE).count() == 0


def test_many_hands_share_a_long_line(dataset, face, settings, monkeypatch):
    settings.WORKER_HANDS = 4
    monkeypatch.setattr(score_job, "PER_LANE", 2)
    small = face.resize((300, 380))
    for number in range(6):
        add_portrait(dataset, jpeg(small, quality=80 + number))
    score_job.queue_scoring(dataset)
    lanes = sorted(job.payload["lane"] for job in Job.objects.filter(kind=score_job.KIND))
    assert lanes == [0, 1, 2]
    shares = [set(score_job.unscored(dataset, lane=lane, lanes=3).values_list("pk", flat=True)) for lane in (1, 2)]
    assert shares[0] | shares[1] == set(Portrait.objects.values_list("pk", flat=True))
    assert not shares[0] & shares[1]
    while Job.objects.filter(kind=score_job.KIND, state=State.QUEUED).exists():
        run()
    assert not score_job.unscored(dataset).exists()


def test_a_stopped_job_keeps_what_it_has_and_another_goes_on(dataset, face, monkeypatch):
    monkeypatch.setattr(score_job, "PER_WRITE", 1)
    small = face.resize((300, 380))
    for number in range(3):
        add_portrait(dataset, jpeg(small, quality=80 + number))
    score_job.queue_scoring(dataset)
    lease = queue.claim(runs_on="worker", kinds=[score_job.KIND], holder="test")
    with pytest.raises(JobCancelled):
        score_job.handle(Context(lease.job, cancel_at=2))
    queue.cancel(lease.job)
    queue.fail(lease, message="Stopped.")
    assert score_job.unscored(dataset).count() == 1
    score_job.queue_scoring(dataset)
    assert run() == {"scored": 1, "broken": 0}


def test_a_picture_that_kills_the_worker_is_named_by_the_next_attempt(dataset, face, monkeypatch):
    killer = add_portrait(dataset, jpeg(face.resize((300, 380))))
    calm = add_portrait(dataset, jpeg(face.resize((310, 380))))
    score_job.queue_scoring(dataset)
    lease = queue.claim(runs_on="worker", kinds=[score_job.KIND], holder="test")
    monkeypatch.setattr(score_job, "PER_WRITE", 1)

    examine = score_write.examine

    def die_on_it(portrait, finder, *, version):
        if portrait.pk == killer.pk:
            raise SystemExit  # as the kernel would end it
        return examine(portrait, finder, version=version)

    monkeypatch.setattr(score_write, "examine", die_on_it)
    with pytest.raises(SystemExit):
        score_job.handle(Context(lease.job))
    assert score_job.handle(Context(lease.job)) == {"scored": 0, "broken": 1}
    killer.refresh_from_db()
    calm.refresh_from_db()
    assert (killer.state, killer.error, calm.state) == ("broken", pictures.KILLED, "ready")


def test_another_model_scores_again_and_no_decision_is_lost(dataset, face, monkeypatch, owner):
    portrait = add_portrait(dataset, jpeg(face))
    score_job.queue_scoring(dataset)
    run()
    Decision.objects.create(portrait=portrait, dataset=dataset, verdict=1, stars=4, by=owner)
    assert score_job.score_again(dataset) == 0
    monkeypatch.setattr(score_write, "version_of", lambda names: "dlib-hog 99; focus 2")
    monkeypatch.setattr(score_job, "current_version", lambda: "dlib-hog 99; focus 2")
    assert score_job.score_again(dataset) == 1
    portrait.refresh_from_db()
    thumb = portrait.thumb_id
    assert portrait.faces == 1  # the old scores stay until the new ones are there
    run()
    portrait.refresh_from_db()
    assert (portrait.scored_by, portrait.thumb_id) == ("dlib-hog 99; focus 2", thumb)
    assert (portrait.decision.verdict, portrait.decision.stars) == (1, 4)


def test_a_portrait_that_goes_while_it_is_looked_at_does_no_harm(dataset, face, monkeypatch):
    gone = add_portrait(dataset, jpeg(face.resize((300, 380))))
    add_portrait(dataset, jpeg(face.resize((310, 380))))
    examine = score_write.examine

    def and_delete(portrait, finder, *, version):
        result = examine(portrait, finder, version=version)
        Portrait.objects.filter(pk=gone.pk).delete()
        return result

    monkeypatch.setattr(score_write, "examine", and_delete)
    score_job.queue_scoring(dataset)
    assert run()["scored"] == 2
    assert Portrait.objects.get().state == "ready"


def test_a_job_waits_a_little_for_the_next_shot(dataset, face, settings):
    settings.SCORING_LINGER_SECONDS = 20.0
    add_portrait(dataset, jpeg(face.resize((300, 380))))
    score_job.queue_scoring(dataset)
    lease = queue.claim(runs_on="worker", kinds=[score_job.KIND], holder="test")
    context = Context(lease.job)
    second = jpeg(face.resize((310, 380)))

    def shoot() -> None:
        from django.db import connection

        add_portrait(dataset, second)
        connection.close()

    def look() -> None:  # called while it waits
        if Portrait.objects.count() == 1:
            shooter = threading.Thread(target=shoot)
            shooter.start()
            shooter.join()
        elif not score_job.unscored(dataset).exists():
            settings.SCORING_LINGER_SECONDS = 0.0
            raise JobCancelled

    context.raise_if_cancelled = look
    with pytest.raises(JobCancelled):
        score_job.handle(context)
    assert Portrait.objects.filter(state="ready").count() == 2


def test_a_model_file_that_is_wrong_fails_the_job_with_its_sentence(dataset, face, settings):
    add_portrait(dataset, jpeg(face.resize((300, 380))))
    score_job.queue_scoring(dataset)
    settings.FACE_MODELS = FaceModels("yunet", None, None)
    score_write.finder_of_settings.cache_clear()
    lease = queue.claim(runs_on="worker", kinds=[score_job.KIND], holder="test")
    try:
        with pytest.raises(JobFailed, match="STUDIO_YUNET_FILE"):
            score_job.handle(Context(lease.job))
    finally:
        score_write.finder_of_settings.cache_clear()
    assert score_job.unscored(dataset).count() == 1
