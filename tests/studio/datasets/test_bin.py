"""The bin: batches like any other, emptied after 30 days, and never of what a version holds."""

from datetime import timedelta

import pytest
from django.utils import timezone

from studio.blobs.models import Blob
from studio.blobs.store import has_file, put_bytes
from studio.blobs.sweep import sweep
from studio.datasets import batches
from studio.datasets.bin import bin_portraits, purge, restore_portraits
from studio.datasets.decisions import decide
from studio.datasets.models import DatasetVersion, Decision, DecisionChange, Portrait, PortraitFacts, VersionItem
from studio.datasets.undo import redo, undo
from studio.events.models import Event
from tests.studio.datasets.library import make_dataset, make_portraits, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset(project):
    return make_dataset(project)


def living(dataset):
    return set(Portrait.objects.filter(dataset=dataset, binned_at=None).values_list("pk", flat=True))


def these(portraits):
    return Portrait.objects.filter(pk__in=[portrait.pk for portrait in portraits])


def test_into_the_bin_and_back_by_undo_redo_and_restore(dataset, owner, monkeypatch):
    monkeypatch.setattr(batches, "CHUNK", 2)
    portraits = make_portraits(make_session(dataset), 5)
    everything, kept = living(dataset), {portrait.pk for portrait in portraits[3:]}
    batch = bin_portraits(dataset, these(portraits[:3]), by=owner)
    assert (batch.count, batch.label) == (3, "Put 3 portraits into the bin")
    assert living(dataset) == kept
    assert undo(dataset, by=owner).count == 3
    assert living(dataset) == everything
    assert redo(dataset, by=owner).count == 3
    assert living(dataset) == kept
    assert restore_portraits(dataset, these(portraits), by=owner).label == "Brought 3 portraits back from the bin"
    assert living(dataset) == everything
    assert undo(dataset, by=owner).count == 3
    assert living(dataset) == kept


def test_undo_leaves_in_the_bin_what_somebody_else_put_there(dataset, owner, person):
    jonah = person("Jonah")
    portraits = make_portraits(make_session(dataset), 3)
    bin_portraits(dataset, these(portraits[:2]), by=owner)
    restore_portraits(dataset, these(portraits[:1]), by=jonah)
    bin_portraits(dataset, these(portraits[:1]), by=jonah)
    undone = undo(dataset, by=owner)
    assert (undone.count, undone.kept_others) == (1, 1)
    assert living(dataset) == {portrait.pk for portrait in portraits[1:]}


def test_a_stack_whose_top_is_binned_gets_another(dataset, owner):
    portraits = make_portraits(make_session(dataset), 3, faces=1, dhash=5, phash=9)
    for portrait, sharpness in zip(portraits, (30.0, 90.0, 60.0), strict=True):
        place = {"stack": portraits[1].pk, "stack_size": 3, "is_stack_top": portrait is portraits[1]}
        Portrait.objects.filter(pk=portrait.pk).update(sharpness=sharpness, **place)
    bin_portraits(dataset, these(portraits[1:2]), by=owner)
    tops = Portrait.objects.filter(binned_at=None, is_stack_top=True)
    assert list(tops.values_list("pk", "stack_size")) == [(portraits[2].pk, 2)]
    undo(dataset, by=owner)
    assert list(tops.values_list("pk", "stack_size")) == [(portraits[1].pk, 3)]


def test_after_thirty_days_it_is_gone_with_its_files_unless_a_version_holds_it(dataset, owner):
    portraits = make_portraits(make_session(dataset), 4)
    for number, portrait in enumerate(portraits):
        blob = put_bytes(b"original %d" % number)
        Portrait.objects.filter(pk=portrait.pk).update(original=blob)
        PortraitFacts.objects.create(portrait=portrait)
    decide(dataset, these(portraits), verdict=-1, by=owner)
    version = DatasetVersion.objects.create(dataset=dataset, number=1, recipe={})
    VersionItem.objects.create(version=version, position=0, portrait=portraits[1], sha256="", corners=[])
    bin_portraits(dataset, these(portraits[:2]), by=owner)
    long_ago = timezone.now() - timedelta(days=40)
    Blob.objects.update(touched_at=long_ago)

    assert purge(now=timezone.now() + timedelta(days=29)) == 0
    assert purge(now=timezone.now() + timedelta(days=31)) == 1
    left = {portrait.pk for portrait in portraits[1:]}
    assert set(Portrait.objects.values_list("pk", flat=True)) == left
    for rows in (Decision, PortraitFacts):
        assert set(rows.objects.values_list("portrait_id", flat=True)) == left
    assert not DecisionChange.objects.filter(portrait_id=portraits[0].pk).exists()
    assert Event.objects.filter(kind="portraits.purged").count() == 1

    gone = Blob.objects.exclude(pk__in=Portrait.objects.values("original")).exclude(
        pk__in=Portrait.objects.values("thumb")
    )
    [sha256] = gone.values_list("pk", flat=True)
    assert sweep() == 1
    assert not has_file(sha256)
    undone = undo(dataset, by=owner)  # the batch of the bin: one is gone, one comes back
    assert (undone.count, undone.kept_others) == (1, 0)
