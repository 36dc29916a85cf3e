"""Decisions, bin, undo and redo: whatever two people do, a plain model of it says the same."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from studio.accounts.models import User
from studio.datasets import batches, bin, counts, decision_log
from studio.datasets.decisions import decide
from studio.datasets.facets import facets_of
from studio.datasets.filters import LibraryFilter
from studio.datasets.index import index_of
from studio.datasets.models import Dataset, Decision, DecisionBatch, DecisionChange, Portrait
from studio.datasets.undo import history, next_redo, next_undo, redo, undo
from studio.errors import Refused
from studio.events.models import Event
from studio.projects.models import Project
from tests.studio.datasets.library import make_dataset, make_portraits, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset(project):
    return make_dataset(project)


def states(dataset):
    """id -> (verdict, stars, who, when) of everything that is decided."""
    rows = Decision.objects.filter(dataset=dataset)
    return {row.portrait_id: (row.verdict, row.stars, row.by_id, row.at) for row in rows}


def these(portraits):
    return Portrait.objects.filter(pk__in=[portrait.pk for portrait in portraits])


def test_undo_brings_back_verdict_stars_and_whose_they_were(dataset, owner, person):
    jonah = person("Jonah")
    portraits = make_portraits(make_session(dataset), 6)
    decide(dataset, these(portraits[:3]), verdict=1, stars=4, by=jonah)
    decide(dataset, these(portraits[1:4]), stars=2, by=owner)
    before = states(dataset)
    batch = decide(dataset, these(portraits), verdict=-1, by=owner)
    assert (batch.count, batch.label) == (6, "Rejected 6 portraits")
    assert {state[0] for state in states(dataset).values()} == {-1}
    assert [state[1] for state in states(dataset).values()] == [4, 2, 2, 2, 0, 0]
    assert undo(dataset, by=owner).count == 6
    assert states(dataset) == before


def test_undo_leaves_what_somebody_else_decided_since(dataset, owner, person):
    jonah = person("Jonah")
    portraits = make_portraits(make_session(dataset), 5)
    decide(dataset, these(portraits), verdict=-1, by=owner)
    decide(dataset, these(portraits[:2]), verdict=1, by=jonah)
    undone = undo(dataset, by=owner)
    assert (undone.count, undone.kept_others) == (3, 2)
    assert {pk: state[0] for pk, state in states(dataset).items()} == {portraits[0].pk: 1, portraits[1].pk: 1}
    again = redo(dataset, by=owner)
    assert (again.count, again.kept_others) == (3, 2)
    undo(dataset, by=owner)
    undo(dataset, by=jonah)
    assert states(dataset) == {}  # not the rejections that were taken back meanwhile


def test_redo_finds_what_lay_beneath_even_when_that_was_undone_meanwhile(dataset, owner, person):
    jonah = person("Jonah")
    portraits = make_portraits(make_session(dataset), 1)
    decide(dataset, these(portraits), verdict=1, by=owner)
    decide(dataset, these(portraits), stars=3, by=owner)
    before = states(dataset)
    decide(dataset, these(portraits), verdict=-1, by=jonah)
    assert [undo(dataset, by=who).count for who in (owner, owner, jonah)] == [0, 0, 1]
    assert states(dataset) == {}
    assert [redo(dataset, by=owner).count for _ in range(2)] == [1, 1]
    assert states(dataset) == before


def test_the_same_decision_once_more_is_no_batch(dataset, owner):
    portraits = make_portraits(make_session(dataset), 2)
    assert decide(dataset, these(portraits), verdict=1, by=owner).count == 2
    assert decide(dataset, these(portraits), verdict=1, by=owner) is None
    assert next_undo(dataset, owner).count == 2


def test_a_new_decision_ends_what_could_be_redone(dataset, owner):
    portraits = make_portraits(make_session(dataset), 3)
    decide(dataset, these(portraits[:1]), verdict=1, by=owner)
    undo(dataset, by=owner)
    decide(dataset, these(portraits[1:2]), verdict=1, by=owner)
    with pytest.raises(Refused, match="nothing of yours to redo"):
        redo(dataset, by=owner)


def test_portraits_of_another_dataset_are_left_alone(dataset, project, owner):
    other = make_portraits(make_session(make_dataset(project, name="other")), 2)
    assert decide(dataset, these(other), verdict=1, by=owner) is None
    assert bin.bin_portraits(dataset, these(other), by=owner) is None


def test_one_batch_is_one_event_that_names_few_or_counts_many(dataset, owner, monkeypatch):
    monkeypatch.setattr(batches, "CHUNK", 100)
    portraits = make_portraits(make_session(dataset), 201)
    few = decide(dataset, these(portraits[:3]), stars=5, by=owner)
    many = decide(dataset, these(portraits), verdict=-1, by=owner)
    first, second = (event.payload for event in Event.objects.filter(kind="portraits.decided").order_by("number"))
    assert first == {
        "dataset_id": str(dataset.pk),
        "batch_id": few.pk,
        "count": 3,
        "ids": [portrait.pk for portrait in portraits[:3]],
        "session_id": str(portraits[0].session_id),
        "by": str(owner.pk),
        "stars": 5,
    }
    assert (second["batch_id"], second["count"], second["ids"], second["verdict"]) == (many.pk, 201, None, -1)
    assert second["session_id"] is None


def test_a_crash_between_two_chunks_leaves_a_batch_that_can_be_undone(dataset, owner, monkeypatch):
    monkeypatch.setattr(batches, "CHUNK", 2)
    portraits = make_portraits(make_session(dataset), 6)
    done = []

    def dies_at_the_third(batch, ids):
        if len(done) == 2:
            raise ConnectionError
        done.append(ids)
        return decide_chunk(batch, ids)

    def decide_chunk(batch, ids):
        from studio.datasets.decision_sql import decide_chunk as real

        return real(batch, ids, verdict=-1, stars=None)

    with pytest.raises(ConnectionError):
        batches.new_batch(
            dataset, these(portraits), kind="decide", by=owner, label=str, work=dies_at_the_third, told={}
        )
    assert len(states(dataset)) == 4
    assert next_undo(dataset, owner).count == 4
    assert undo(dataset, by=owner).count == 4
    assert states(dataset) == {}


@pytest.mark.django_db(transaction=True)
def test_others_write_between_the_chunks_of_a_large_batch(dataset, owner, monkeypatch):
    monkeypatch.setattr(batches, "CHUNK", 20)
    make_portraits(make_session(dataset), 400)
    seen, is_over = [], threading.Event()

    def write():
        while not is_over.is_set():
            Dataset.objects.filter(pk=dataset.pk).update(announced_id=len(seen))
            seen.append(DecisionChange.objects.count())
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        decide(dataset, Portrait.objects.all(), verdict=-1, by=owner)
    finally:
        is_over.set()
        thread.join()
    between = {count for count in seen if 0 < count < 400}
    assert len(between) >= 3
    assert all(count % 20 == 0 for count in between)


PEOPLE, PORTRAITS = 2, 3
SOME = st.sets(st.integers(0, PORTRAITS - 1), min_size=1)
WHO = st.integers(0, PEOPLE - 1)


class TwoAtOneDesk(RuleBasedStateMachine):
    """Two people decide, bin, undo and redo. The model keeps, for each portrait, what lies on what."""

    def __init__(self):
        super().__init__()
        project = Project.objects.create(name="Model")
        self.dataset = make_dataset(project)
        self.portraits = [portrait.pk for portrait in make_portraits(make_session(self.dataset), PORTRAITS, faces=1)]
        numbers = range(PEOPLE)
        self.people = [User.objects.create_user(f"p{n}-{project.pk}@example.org", name=f"P{n}") for n in numbers]
        self.piles = {portrait: [] for portrait in self.portraits}  # batches, the newest on top
        self.values = {}  # (batch, portrait) -> (verdict, stars)
        self.beneath = {}  # (batch, portrait) -> batch or None
        self.done, self.undone = [[] for _ in numbers], [[] for _ in numbers]

    def now(self, portrait):
        pile = self.piles[portrait]
        return self.values[pile[-1], portrait] if pile else (0, 0)

    @rule(who=WHO, some=SOME, verdict=st.sampled_from([None, -1, 0, 1]), stars=st.sampled_from([None, 0, 3, 5]))
    def decides(self, who, some, verdict, stars):
        if verdict is None and stars is None:
            return
        chosen = [self.portraits[number] for number in some]
        after = {}
        for portrait in chosen:
            old = self.now(portrait)
            new = (old[0] if verdict is None else verdict, old[1] if stars is None else stars)
            if new != old:
                after[portrait] = new
        rows = Portrait.objects.filter(pk__in=chosen)
        batch = decide(self.dataset, rows, verdict=verdict, stars=stars, by=self.people[who])
        assert (batch.count if batch else 0) == len(after)
        if batch is None:
            return
        for portrait, new in after.items():
            pile = self.piles[portrait]
            self.values[batch.pk, portrait] = new
            self.beneath[batch.pk, portrait] = pile[-1] if pile else None
            pile.append(batch.pk)
        self.done[who].append(batch.pk)
        self.undone[who].clear()

    @rule(who=WHO)
    def undoes(self, who):
        if not self.done[who]:
            with pytest.raises(Refused):
                undo(self.dataset, by=self.people[who])
            return
        batch = self.done[who].pop()
        self.undone[who].append(batch)
        count = 0
        for portrait in self.portraits_of(batch):
            pile = self.piles[portrait]
            if pile and pile[-1] == batch:
                pile.pop()
                count += 1
                continue
            if batch in pile:
                pile.remove(batch)
            living = {one for stack in self.done for one in stack}
            for (other, where), below in self.beneath.items():
                if where == portrait and below == batch and other in living:
                    self.beneath[other, where] = self.beneath[batch, portrait]
        found = undo(self.dataset, by=self.people[who])
        assert (found.batch.pk, found.count) == (batch, count)
        assert found.kept_others == len(self.portraits_of(batch)) - count

    @rule(who=WHO)
    def redoes(self, who):
        if not self.undone[who]:
            with pytest.raises(Refused):
                redo(self.dataset, by=self.people[who])
            return
        batch = self.undone[who].pop()
        self.done[who].append(batch)
        count = 0
        for portrait in self.portraits_of(batch):
            pile = self.piles[portrait]
            if (pile[-1] if pile else None) == self.beneath[batch, portrait]:
                pile.append(batch)
                count += 1
        found = redo(self.dataset, by=self.people[who])
        assert (found.batch.pk, found.count) == (batch, count)

    def portraits_of(self, batch):
        return [portrait for one, portrait in self.values if one == batch]

    @invariant()
    def what_holds_is_what_the_model_says(self):
        found = {pk: state[:2] for pk, state in states(self.dataset).items() if state[:2] != (0, 0)}
        model = {portrait: self.now(portrait) for portrait in self.portraits}
        assert found == {portrait: state for portrait, state in model.items() if state != (0, 0)}
        for who, person in enumerate(self.people):
            nexts = (next_undo(self.dataset, person), next_redo(self.dataset, person))
            wanted = (self.done[who][-1:], self.undone[who][-1:])
            assert tuple([batch.pk] if batch else [] for batch in nexts) == wanted

    @invariant()
    def no_count_lies(self):
        model = [self.now(portrait) for portrait in self.portraits]
        verdicts = index_of(self.dataset.pk, LibraryFilter.model_validate({}))["verdicts"]
        tally = {"picked": 1, "rejected": -1, "unreviewed": 0}
        expected = {name: sum(verdict == number for verdict, _ in model) for name, number in tally.items()}
        assert verdicts == {"any": PORTRAITS, **expected}
        kept = counts.of_dataset(self.dataset)
        assert {name: kept[name] for name in tally} == expected
        stars = facets_of(self.dataset.pk, LibraryFilter.model_validate({}))["stars"]
        assert stars == [sum(given == number for _, given in model) for number in range(6)]


def test_any_run_of_decisions_undo_and_redo_equals_a_plain_model(monkeypatch):
    monkeypatch.setattr(batches, "CHUNK", 2)
    monkeypatch.setattr("studio.datasets.undo.CHUNK", 2)
    run_state_machine_as_test(
        TwoAtOneDesk,
        settings=settings(
            max_examples=12,
            phases=[Phase.generate],  # a failure is printed as it is: to shrink it takes minutes
            stateful_step_count=24,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_what_was_before_is_forgotten_after_half_a_year_and_nothing_else(dataset, owner, monkeypatch):
    monkeypatch.setattr(decision_log, "AT_ONCE", 4)
    portraits = make_portraits(make_session(dataset), 10)
    old = decide(dataset, these(portraits), verdict=1, by=owner)
    held = states(dataset)
    DecisionBatch.objects.filter(pk=old.pk).update(at=timezone.now() - decision_log.KEPT - timedelta(days=1))
    fresh = decide(dataset, these(portraits[:3]), verdict=-1, by=owner)
    assert decision_log.prune() == 10
    assert decision_log.prune() == 0
    assert DecisionChange.objects.filter(batch=fresh).count() == 3
    assert undo(dataset, by=owner).count == 3
    # The decisions stand, with who made them; the batch of half a year ago is told, but cannot be undone.
    assert {pk: state[:3] for pk, state in states(dataset).items()} == {pk: state[:3] for pk, state in held.items()}
    assert next_undo(dataset, owner) is None
    assert history(dataset, by=owner, limit=9)["items"][-1]["label"] == "Picked 10 portraits"
