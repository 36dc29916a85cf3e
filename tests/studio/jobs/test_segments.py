import pytest

from studio.jobs import queue
from studio.jobs.leases import LeaseLost, Progress
from studio.jobs.models import Segment, State
from tests.studio.jobs.conftest import run_out

pytestmark = pytest.mark.django_db
ONE, OTHER = "1" * 64, "2" * 64


@pytest.fixture
def film(queued):
    return queued("render", runs_on="service", total=20, unit="frames", segments=[(0, 10), (10, 20)])


def commit(lease, sha256=ONE, frames=10):
    return queue.commit_segment(lease.id, lease.fence, sha256=sha256, frames=frames)


def test_segments_are_given_out_singly_and_the_job_runs_from_the_first(film):
    first, second = queue.claim_segment(holder="a"), queue.claim_segment(holder="b")
    assert [first.segment.index, second.segment.index] == [0, 1]
    assert queue.claim_segment(holder="c") is None
    film.refresh_from_db()
    assert film.state == State.RUNNING


def test_the_job_is_done_with_its_last_segment(film):
    for _ in range(2):
        assert commit(queue.claim_segment(holder="a"))
    film.refresh_from_db()
    assert (film.state, film.done) == (State.DONE, 20)


def test_the_same_segment_committed_twice_is_a_success_without_a_change(film):
    lease = queue.claim_segment(holder="a")
    assert commit(lease) is True
    assert commit(lease) is False


def test_another_content_for_a_committed_segment_is_a_logged_conflict_and_the_first_stays(film, caplog):
    lease = queue.claim_segment(holder="a")
    commit(lease)
    with pytest.raises(queue.SegmentConflict):
        commit(lease, OTHER)
    assert Segment.objects.get(pk=lease.id).sha256 == ONE
    assert "committed twice" in caplog.text


def test_a_paused_service_that_comes_back_too_late_changes_nothing(film):
    paused = queue.claim_segment(holder="paused")
    run_out(paused.segment)
    heir = queue.claim_segment(holder="heir")
    commit(heir, ONE)
    for write in (lambda: commit(paused, OTHER), lambda: commit(paused, ONE), lambda: queue.renew_segment(paused)):
        with pytest.raises(LeaseLost):
            write()
    assert Segment.objects.get(pk=paused.id).sha256 == ONE


def test_frames_of_segments_under_way_count(film):
    commit(queue.claim_segment(holder="a"))
    queue.renew_segment(queue.claim_segment(holder="b"), progress=Progress(done=4))
    assert sum(Segment.objects.values_list("done", flat=True)) == 14


def test_one_segment_that_cannot_be_drawn_fails_the_job_and_keeps_the_others(film):
    commit(queue.claim_segment(holder="a"))
    queue.fail_segment(queue.claim_segment(holder="a"), message="The GPU ran out of memory.")
    film.refresh_from_db()
    assert (film.state, film.error) == (State.FAILED, "The GPU ran out of memory.")
    queue.retry(film)
    again = queue.claim_segment(holder="a")
    assert again.segment.index == 1
    commit(again)
    film.refresh_from_db()
    assert film.state == State.DONE


def test_a_segment_lost_three_times_fails_the_job(film):
    for _ in range(3):
        run_out(queue.claim_segment(holder="a").segment)
    while queue.claim_segment(holder="a") is not None:
        pass
    film.refresh_from_db()
    assert film.state == State.FAILED


def test_cancelling_stops_all_segments_and_late_commits_are_refused(film):
    lease = queue.claim_segment(holder="a")
    queue.cancel(film)
    assert queue.renew_segment(lease).cancel is True
    with pytest.raises(LeaseLost):
        commit(lease)
    assert queue.claim_segment(holder="b") is None


def test_a_segment_given_back_after_a_cancel_has_not_failed(film):
    lease = queue.claim_segment(holder="a")
    queue.cancel(film)
    queue.fail_segment(lease, message="It was stopped.", retry=False)
    film.refresh_from_db()
    segment = Segment.objects.get(pk=lease.id)
    assert (film.state, segment.state, segment.error) == (State.CANCELLED, State.QUEUED, "")


def test_after_a_retry_the_old_holder_has_lost_its_lease(film):
    lease = queue.claim_segment(holder="a")
    queue.cancel(film)
    queue.retry(film)
    with pytest.raises(LeaseLost):
        commit(lease)
    assert queue.claim_segment(holder="b").segment.index == 0


def test_a_new_recipe_revision_redraws_every_segment(film):
    done, drawing = queue.claim_segment(holder="a"), queue.claim_segment(holder="b")
    commit(done)
    queue.redraw_segments(film)
    with pytest.raises(LeaseLost):
        commit(drawing)
    assert set(Segment.objects.values_list("state", flat=True)) == {State.QUEUED}


def test_an_older_film_is_finished_first(film, queued):
    queued("render", runs_on="service", segments=[(0, 10)])
    assert [queue.claim_segment(holder="a").job.pk for _ in range(3)][:2] == [film.pk, film.pk]
