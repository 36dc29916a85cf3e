"""Any order of claiming, renewing, running out, committing and giving back keeps the promises of leases."""

import uuid

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from studio.jobs import queue
from studio.jobs.leases import Lease, LeaseLost
from studio.jobs.models import Job, Segment, State
from tests.studio.jobs.conftest import run_out

HOLDERS = st.sampled_from(["a", "b", "c"])
CONTENT = st.sampled_from(["1" * 64, "2" * 64])


class LeaseMachine(RuleBasedStateMachine):
    """A model beside the table: who holds which segment by which fence, and what was committed first."""

    @initialize()
    def begin(self) -> None:
        self.kind = f"render-{uuid.uuid4().hex[:20]}"
        self.job = queue.enqueue(
            self.kind,
            project_id=None,
            title="Film",
            payload={},
            runs_on="service",
            segments=[(0, 10), (10, 20)],
            max_attempts=100,
        )
        self.given: dict[str, Lease] = {}
        self.newest: dict[uuid.UUID, int] = {}
        self.expired: set[uuid.UUID] = set()
        self.kept: dict[uuid.UUID, str] = {}

    @rule(holder=HOLDERS)
    def claim(self, holder: str) -> None:
        lease = queue.claim_segment(holder=holder, kinds=[self.kind])
        held = {pk for pk in self.newest if pk not in self.expired}
        free = set(Segment.objects.filter(job=self.job).values_list("pk", flat=True)) - held - set(self.kept)
        if lease is None:
            assert not free
            return
        assert lease.id in free, "a segment was given to two holders at once"
        assert lease.fence > self.newest.get(lease.id, 0), "a fence did not grow"
        self.newest[lease.id] = lease.fence
        self.expired.discard(lease.id)
        self.given[holder] = lease

    @rule(holder=HOLDERS)
    def pause_past_the_lease(self, holder: str) -> None:
        lease = self.given.get(holder)
        if lease is not None and self._holds(lease):
            run_out(Segment.objects.get(pk=lease.id))
            self.expired.add(lease.id)

    @rule(holder=HOLDERS)
    def renew(self, holder: str) -> None:
        lease = self.given.get(holder)
        if lease is None:
            return
        if self._holds(lease):
            queue.renew_segment(lease)
            self.expired.discard(lease.id)
        else:
            with pytest.raises(LeaseLost):
                queue.renew_segment(lease)

    @rule(holder=HOLDERS, sha256=CONTENT)
    def commit(self, holder: str, sha256: str) -> None:
        lease = self.given.get(holder)
        if lease is None:
            return
        order = {"sha256": sha256, "frames": 10}
        if self._holds(lease):
            assert queue.commit_segment(lease.id, lease.fence, **order) is True
            self.kept[lease.id] = sha256
        elif self.kept.get(lease.id) == sha256 and lease.fence == self.newest[lease.id]:
            assert queue.commit_segment(lease.id, lease.fence, **order) is False
        else:
            with pytest.raises(LeaseLost):
                queue.commit_segment(lease.id, lease.fence, **order)

    @rule(holder=HOLDERS)
    def give_back(self, holder: str) -> None:
        lease = self.given.get(holder)
        if lease is None:
            return
        if self._holds(lease):
            queue.fail_segment(lease, message="Out of breath.", retry=True)
            self.expired.add(lease.id)  # free for everybody
            self.given.pop(holder)
        else:
            with pytest.raises(LeaseLost):
                queue.fail_segment(lease, message="Out of breath.", retry=True)

    @invariant()
    def what_was_committed_first_stays(self) -> None:
        if hasattr(self, "job"):
            done = Segment.objects.filter(job=self.job, state=State.DONE)
            assert dict(done.values_list("pk", "sha256")) == self.kept
            finished = Job.objects.get(pk=self.job.pk).state == State.DONE
            assert finished == (len(self.kept) == 2)

    def _holds(self, lease: Lease) -> bool:
        return lease.fence == self.newest[lease.id] and lease.id not in self.kept


@pytest.mark.django_db
def test_no_order_of_events_breaks_a_lease():
    quick = settings(max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(LeaseMachine, settings=quick)
