"""A file that is replaced is the old one or the new one, never half of either, and nothing lies beside it."""

import os

import pytest

from gpu_service.whole_files import replacing, write_whole


@pytest.fixture
def target(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("before")
    return path


def test_what_was_written_aside_takes_the_place(target):
    with replacing(target) as partial:
        partial.write_text("after")
        assert target.read_text() == "before"
    assert (target.read_text(), os.listdir(target.parent)) == ("after", [target.name])


def test_a_writer_that_stumbles_leaves_what_was_there(target):
    def stumble() -> None:
        with replacing(target) as partial:
            partial.write_text("aft")
            raise OSError("No space")

    with pytest.raises(OSError, match="No space"):
        stumble()
    assert (target.read_text(), os.listdir(target.parent)) == ("before", [target.name])


@pytest.mark.parametrize("written", ["after", "", None])
def test_where_nothing_may_be_written_nothing_is_replaced(target, written):
    with replacing(target, or_nothing=True) as partial:
        if written is not None:
            partial.write_text(written)
    assert (target.read_text(), os.listdir(target.parent)) == (written or "before", [target.name])


def test_two_writers_at_once_do_not_meet(target):
    with replacing(target) as first, replacing(target) as second:
        first.write_text("first")
        second.write_text("second")
    assert target.read_text() == "first"


def test_contents_reach_the_disk_before_the_name_and_the_name_before_the_end(target, monkeypatch):
    happened, sync = [], os.fsync

    def noted(handle: int) -> None:
        place = os.readlink(f"/proc/self/fd/{handle}")
        happened.append((os.path.basename(place).endswith(".part"), target.read_text()))
        sync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    write_whole(target, "after", to_disk=True)
    assert happened == [(True, "before"), (False, "after")]
