import uuid

import pytest
from django.db import transaction

from studio.events.read import events_since
from studio.events.record import record


@pytest.mark.django_db
def test_numbers_are_counted_for_each_project_on_its_own():
    one, other = uuid.uuid4(), uuid.uuid4()
    with transaction.atomic():
        numbers = [record(project, "cue.added", subject="cue:1", payload={}) for project in (one, one, other, one)]
    assert numbers == [1, 2, 1, 3]


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_a_mistake():
    with pytest.raises(RuntimeError, match="transaction"):
        record(uuid.uuid4(), "cue.added", subject="cue:1", payload={})


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_leaves_neither_event_nor_gap():
    project = uuid.uuid4()

    @transaction.atomic
    def change_that_fails() -> None:
        record(project, "cue.added", subject="cue:1", payload={})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_that_fails()
    with transaction.atomic():
        assert record(project, "cue.added", subject="cue:2", payload={}) == 1
    events, last = events_since(project, 0)
    assert [event["subject"] for event in events] == ["cue:2"]
    assert last == 1
