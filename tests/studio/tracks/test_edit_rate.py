"""More edits than a hand makes are refused to who sends them, and to nobody else."""

import uuid

import pytest

from studio.tracks.edit_rate import BURST, PER_SECOND, EditBrake, TooFast
from tests.studio.features import make_track
from tests.studio.tracks.editing import Hand, cue_op

INES, BEN, TRACK = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_many_at_once_then_so_many_a_second():
    clock = Clock()
    brake = EditBrake(clock)
    for _ in range(int(BURST)):
        brake.take(INES, TRACK)
    with pytest.raises(TooFast) as refusal:
        brake.take(INES, TRACK)
    assert refusal.value.wait_seconds == pytest.approx(1 / PER_SECOND)
    taken = 0
    for _ in range(400):  # two seconds of 200 edits each
        clock.now += 1 / 200
        try:
            brake.take(INES, TRACK)
            taken += 1
        except TooFast:
            pass
    assert taken == pytest.approx(2 * PER_SECOND, abs=1)


def test_another_person_and_another_track_are_not_held_up():
    brake = EditBrake(Clock())
    for _ in range(int(BURST)):
        brake.take(INES, TRACK)
    brake.take(BEN, TRACK)
    brake.take(INES, uuid.uuid4())


def test_who_has_rested_is_forgotten(monkeypatch):
    monkeypatch.setattr("studio.tracks.edit_rate.MOST_REMEMBERED", 5)
    clock = Clock()
    brake = EditBrake(clock)
    for _ in range(20):
        brake.take(uuid.uuid4(), TRACK)
        clock.now += 1.0
    assert len(brake._buckets) <= 7


@pytest.mark.django_db
def test_the_answer_says_how_long_to_wait(owner, as_user, project, monkeypatch):
    monkeypatch.setattr("studio.tracks.edits_api.brake", EditBrake(Clock()))
    monkeypatch.setattr("studio.tracks.edit_rate.BURST", 1.0)
    hand = Hand(as_user(owner), make_track(project))
    hand.edit(cue_op("add", seconds=1.0))
    answer = hand.send(cue_op("add", seconds=2.0))
    assert (answer.status_code, answer["Retry-After"]) == (429, "1")
    assert answer.json()["detail"].startswith("These are more edits than a hand makes")
    assert len(hand.cues()) == 1
