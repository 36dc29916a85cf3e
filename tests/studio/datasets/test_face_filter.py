"""GANce's rule: faces, then their neighbours in time, then others by chance; the same seed gives the same choice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.datasets.face_filter import Candidate, choose
from studio.datasets.models import Decision, DecisionBatch, Portrait
from tests.studio.datasets.library import make_dataset, make_portraits, make_session


def row(pattern, session="a", start=0):
    """One letter for each picture: F has a face, . has none, x is broken."""
    return [
        Candidate(start + place, session, has_face=letter == "F", skipped="broken" if letter == "x" else "")
        for place, letter in enumerate(pattern)
    ]


def test_neighbours_are_two_before_and_two_after():
    choice = choose(row("....F...."), target=5, neighbours=2, seed=1)
    assert (choice.with_faces, choice.neighbours, choice.random) == ([4], [2, 3, 5, 6], [])


def test_broken_pictures_are_skipped_and_do_not_count_as_neighbours():
    choice = choose(row("..x.Fx..."), target=5, neighbours=2, seed=1)
    assert (choice.with_faces, choice.neighbours) == ([4], [1, 3, 6, 7])
    assert choice.skipped == {"broken": 2}


def test_a_neighbour_is_of_the_same_sitting():
    choice = choose([*row("..F", "a"), *row("...", "b", 3)], target=3, seed=1)
    assert (choice.with_faces, choice.neighbours) == ([2], [0, 1])


def test_others_come_by_chance_until_the_target_is_reached():
    candidates = row("F" + "." * 200)
    choice = choose(candidates, target=50, seed=7)
    assert (len(choice.with_faces), len(choice.neighbours), len(choice.random)) == (1, 2, 47)
    assert choose(candidates, target=50, seed=7) == choice
    assert choose(candidates, target=50, seed=8).random != choice.random


def test_too_many_faces_are_thinned_and_nothing_else_is_taken():
    choice = choose(row("F." * 50), target=20, seed=3)
    assert (len(choice.with_faces), choice.neighbours, choice.random) == (20, [], [])


PATTERNS = st.text(alphabet="F..x", max_size=60)


@given(pattern=PATTERNS, target=st.integers(1, 80), neighbours=st.integers(0, 4), seed=st.integers(0, 99))
def test_the_rule_holds_for_any_sitting(pattern, target, neighbours, seed):
    candidates = row(pattern)
    choice = choose(candidates, target=target, neighbours=neighbours, seed=seed)
    usable = [one.id for one in candidates if not one.skipped]
    assert len(choice.ids) == len(set(choice.ids)) == min(target, len(usable))
    assert set(choice.ids) <= set(usable)
    faces = [usable.index(pk) for pk in usable if pattern[pk] == "F"]
    for pk in choice.neighbours:
        assert pattern[pk] == "."
        assert min(abs(usable.index(pk) - face) for face in faces) <= neighbours
    if choice.neighbours:
        assert len(choice.with_faces) == len(faces)
    if choice.random:
        assert len(choice.with_faces) == len(faces)
        assert all(
            min((abs(usable.index(pk) - face) for face in faces), default=99) > neighbours for pk in choice.random
        )
    assert sum(choice.skipped.values()) == pattern.count("x")


@pytest.mark.django_db
def test_choosing_changes_nothing_and_picking_is_one_batch_that_undo_takes_back(project, owner, as_user):
    session = make_session(make_dataset(project))
    shots = make_portraits(session, 12, state="ready", faces=0, scored_by="made up", error="")
    Portrait.objects.filter(pk=shots[5].pk).update(faces=1)
    Portrait.objects.filter(pk=shots[6].pk).update(state="broken")
    Portrait.objects.filter(pk=shots[8].pk).update(faces=None)
    Decision.objects.create(portrait=shots[7], dataset=session.dataset, verdict=-1, by=owner)
    client, path = as_user(owner), f"/datasets/{session.dataset_id}/face-filter"
    order = {"target": 6, "seed": 5}
    said = client.call("POST", path, order).json()
    assert said == {
        "with_faces": 1,
        "neighbours": 4,
        "random": 1,
        "skipped": [
            {"reason": "the picture cannot be read", "count": 1},
            {"reason": "the picture has not been looked at yet", "count": 1},
        ],
        "ids_count": 6,
        "batch_id": None,
    }
    assert Decision.objects.count() == 1
    applied = client.call("POST", path, {**order, "apply": "pick"}).json()
    picked = set(Decision.objects.filter(verdict=1).values_list("portrait_id", flat=True))
    assert len(picked) == 6
    assert {shots[place].pk for place in (3, 4, 5, 9, 10)} <= picked
    batch = DecisionBatch.objects.get(pk=applied["batch_id"])
    assert (batch.label, batch.count) == ("Face filter: picked 6 portraits", 6)
    assert client.call("POST", f"/datasets/{session.dataset_id}/undo").status_code == 200
    assert not Decision.objects.filter(verdict=1).exists()
    assert Portrait.objects.count() == 12
