"""Every shot is on disk before it counts, keeps its settings beside it, and goes only after receipt and retention."""

import json
import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from capture_agent.file_names import parse_stem, stem_of
from capture_agent.spool import Counts, Spool, SpoolFull
from tests.capture_agent.spools import NOON, Clock, content_of, every_file, shoot, sitting


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def spool(tmp_path: Path, clock: Clock):
    with Spool(tmp_path / "spool", floor_bytes=0, retention_seconds=3600, clock=clock) as opened:
        yield opened


def test_a_shot_lies_on_disk_with_its_side_car_when_add_returns(spool: Spool):
    shot = shoot(spool, sitting(spool))
    said = json.loads(spool.path_of(shot).with_suffix(".json").read_text())
    assert content_of(spool, shot) == shot.sha256 == said["sha256"]
    assert (said["sequence"], said["camera"], said["measures"]) == (1, {"shutter_us": 1000}, {"sharpness": 61.5})
    assert said["taken_at"] == NOON.isoformat()
    assert not any(name.startswith(".part-") for name in every_file(spool.folder))


def test_names_are_pitraitures_and_never_meet_though_the_clock_stands_still(spool: Spool):
    session = sitting(spool, "april_27_cottage")
    shots = [shoot(spool, session) for _ in range(20)]
    assert shots[0].name == "april_27_cottage_04-28-2026_12-00-00-000000.jpeg"
    assert len({shot.stem for shot in shots}) == 20
    assert [shot.sequence for shot in spool.shots()] == list(range(1, 21))


@pytest.mark.parametrize("name", ["faces", "a_b_c", "_", "x_01-02-2003_04-05-06-7"])
def test_set_and_time_are_read_back_from_a_name(name: str):
    assert parse_stem(stem_of(name, NOON)) == (name, NOON.replace(tzinfo=None))


@pytest.mark.parametrize("stem", ["IMG_0001", "faces_13-45-2021_11-50-12-752379", "faces", ""])
def test_other_names_are_no_pitraiture_names(stem: str):
    assert parse_stem(stem) is None


def test_threads_that_shoot_at_once_lose_nothing(spool: Spool):
    session = sitting(spool)
    threads = [threading.Thread(target=lambda: [shoot(spool, session) for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shots = spool.shots()
    assert sorted(shot.sequence for shot in shots) == list(range(1, 41))
    assert all(content_of(spool, shot) == shot.sha256 for shot in shots)


def test_a_second_process_sees_and_moves_the_same_shots(spool: Spool):
    session = sitting(spool)
    first = shoot(spool, session)
    with Spool(spool.folder, floor_bytes=0) as other:
        second = shoot(other, session)
        other.move(first, "sending")
    assert [(shot.sequence, shot.state) for shot in spool.shots()] == [(1, "sending"), (2, "new")]
    assert second.sequence == 2


def test_the_index_is_only_a_shortcut(spool: Spool, clock: Clock):
    session = sitting(spool, prompt="look left")
    shots = [shoot(spool, session) for _ in range(4)]
    spool.move(shots[0], "done", receipt=f"7:{shots[0].sha256}", done_at=clock.now)
    spool.move(shots[1], "blocked", reason="The studio does not take it.", reason_status=422)
    before, sittings = spool.shots(), spool.sessions()
    spool.close()
    for path in spool.folder.glob("index.sqlite*"):
        path.unlink()
    with Spool(spool.folder, floor_bytes=0, clock=clock) as again:
        assert again.shots() == before
        assert again.sessions() == sittings
        assert again.counts() == Counts(waiting=2, sending=0, blocked=1, done=1, bytes=8000)
        assert shoot(again, session).sequence == 5


def test_an_index_that_breaks_while_in_use_is_built_again(spool: Spool, monkeypatch: pytest.MonkeyPatch):
    session = sitting(spool)
    shots = [shoot(spool, session) for _ in range(3)]
    broken = spool._index

    def fail(*_, **__):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(broken, "put_shots", fail)
    fourth = shoot(spool, session)
    assert spool.shots() == [*shots, fourth]
    assert spool._index is not broken


def test_a_shot_goes_only_after_receipt_and_retention(spool: Spool, clock: Clock):
    session = sitting(spool)
    kept, gone = shoot(spool, session), shoot(spool, session)
    spool.move(gone, "done", receipt=f"7:{gone.sha256}", done_at=clock.now)
    clock.forward(seconds=3599)
    assert spool.sweep() == 0
    clock.forward(seconds=1)
    assert spool.sweep() == 1
    assert spool.shots() == [kept]
    assert not [name for name in every_file(spool.folder) if gone.stem in name]


def test_a_clock_that_was_years_ahead_does_not_keep_a_shot_for_years(spool: Spool, clock: Clock):
    shot = shoot(spool, sitting(spool))
    spool.move(shot, "done", receipt=f"7:{shot.sha256}", done_at=clock.now + timedelta(days=1100))
    assert spool.sweep() == 0
    clock.forward(hours=1)
    assert spool.sweep() == 1


def test_the_floor_stops_capturing_before_anything_is_written(spool: Spool):
    session = sitting(spool)
    spool.floor_bytes = spool.room().free_bytes + 1
    assert spool.room().is_full
    files = every_file(spool.folder)
    with pytest.raises(SpoolFull, match="must stay free"):
        shoot(spool, session)
    assert every_file(spool.folder) == files


def test_blocked_shots_tell_their_reason_and_may_wait_again(spool: Spool):
    shot = shoot(spool, sitting(spool))
    spool.move(shot, "blocked", reason="Pair this device again.", reason_status=401)
    assert [reason for _, reason in spool.blocked()] == ["Pair this device again."]
    assert spool.unblock(statuses=(422,)) == 0
    assert spool.unblock(statuses=(401, 403)) == 1
    assert spool.shots() == [shot]
