"""Near duplicates lie in one stack, the sharpest on top; what comes bit by bit ends as if it had come at once."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.datasets import stacks
from studio.datasets.models import Portrait
from studio.datasets.stacks import GAP_SECONDS, Row, restack_all, restack_around, stacks_of
from tests.studio.datasets.portraits import START, make_dataset


def row(pk, seconds, bits=0, sharpness=50.0):
    """`bits` of both hashes differ from 0."""
    return Row(pk, seconds, (1 << bits) - 1, (1 << bits) - 1, sharpness)


def test_the_sharpest_of_a_burst_is_on_top_not_the_first_nor_the_largest():
    places = stacks_of([row(1, 0, sharpness=40), row(2, 1, sharpness=70), row(3, 2, sharpness=55)])
    assert places == {1: (2, 3, False), 2: (2, 3, True), 3: (2, 3, False)}


def test_of_two_equally_sharp_the_earlier_is_on_top():
    assert stacks_of([row(8, 0), row(9, 1)])[8] == (8, 2, True)


@pytest.mark.parametrize(
    ("gap", "bits", "together"),
    [(GAP_SECONDS, 0, True), (GAP_SECONDS + 0.1, 0, False), (1, 8, True), (1, 9, False)],
)
def test_near_in_time_and_alike_in_both_hashes(gap, bits, together):
    places = stacks_of([row(1, 0), row(2, gap, bits)])
    assert places[2][1] == (2 if together else 1)


def test_a_chain_of_small_steps_is_one_stack_and_another_picture_between_is_not_in_it():
    places = stacks_of([row(1, 0), row(2, 5, 40), row(3, 9), row(4, 18)])
    assert {pk: place[0] for pk, place in places.items()} == {1: 1, 2: None, 3: 1, 4: 1}


def test_what_has_no_hash_stands_alone():
    assert stacks_of([Row(1, 0.0, None, None, 0.0), row(2, 0)]) == {1: (None, 1, True), 2: (None, 1, True)}
    assert stacks_of([]) == {}


def add(dataset, number, seconds, bits, sharpness):
    return Portrait(
        dataset=dataset,
        session=dataset.sessions.first(),
        original_id="0" * 64,
        sha256=f"{number:064x}",
        name=f"{number}",
        taken_at=START + timedelta(seconds=seconds),
        dhash=(1 << bits) - 1,
        phash=(1 << bits) - 1,
        sharpness=sharpness,
    )


@pytest.fixture
def dataset(project):
    from studio.blobs.models import Blob

    Blob.objects.create(sha256="0" * 64, size=1)
    return make_dataset(project)


SHOTS = st.lists(
    st.tuples(st.integers(0, 90), st.sampled_from([0, 3, 6, 9, 12]), st.integers(0, 5)), min_size=1, max_size=14
)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(shots=SHOTS, order=st.randoms(), in_bin=st.integers(0, 2**14))
def test_one_by_one_in_any_order_gives_the_same_stacks_as_all_at_once(dataset, shots, order, in_bin):
    Portrait.objects.all().delete()
    numbered = list(enumerate(shots))
    order.shuffle(numbered)
    for number, (seconds, bits, sharpness) in numbered:
        portrait = add(dataset, number, seconds, bits, float(sharpness))
        portrait.save()
        restack_around(dataset.pk, [portrait.pk])
    binned = Portrait.objects.filter(name__in=[str(number) for number, _ in numbered if in_bin >> number & 1])
    ids = list(binned.values_list("pk", flat=True))
    binned.update(binned_at=START)
    restack_around(dataset.pk, ids)
    columns = ("pk", "stack", "stack_size", "is_stack_top")
    little_by_little = list(Portrait.objects.order_by("pk").values_list(*columns))
    assert restack_all(dataset.pk) == 0, little_by_little
    living = Portrait.objects.filter(binned_at=None).values_list("pk", "taken_at", "dhash", "phash", "sharpness")
    places = stacks_of([Row(pk, at.timestamp(), dhash, phash, sharp) for pk, at, dhash, phash, sharp in living])
    alone = dict.fromkeys(ids, (None, 1, True))
    assert {pk: tuple(place) for pk, *place in little_by_little} == {**places, **alone}


@pytest.mark.django_db
def test_new_scores_can_part_a_stack(dataset):
    for number in range(4):
        add(dataset, number, number * 6, 0, 50.0 + number).save()
    ids = list(Portrait.objects.order_by("pk").values_list("pk", flat=True))
    assert restack_all(dataset.pk) == 4
    assert set(Portrait.objects.values_list("stack", "stack_size")) == {(ids[3], 4)}
    Portrait.objects.filter(pk=ids[1]).update(dhash=-1)
    Portrait.objects.filter(pk=ids[2]).update(dhash=-1)
    restack_around(dataset.pk, ids[1:3])
    found = list(Portrait.objects.order_by("pk").values_list("stack", flat=True))
    assert found == [None, ids[2], ids[2], None]


@pytest.mark.django_db
def test_the_cost_grows_with_the_rows_not_with_their_pairs(dataset, monkeypatch):
    """Counted in comparisons: at most NEIGHBOURS for each."""
    compared = []
    count = stacks.np.bitwise_count
    monkeypatch.setattr(stacks.np, "bitwise_count", lambda bits: compared.append(len(bits)) or count(bits))
    stacks_of([row(number, number * 0.001, number % 64) for number in range(3000)])
    assert sum(compared) <= 2 * stacks.NEIGHBOURS * 3000
