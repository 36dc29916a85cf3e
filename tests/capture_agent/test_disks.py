"""Disks that really are full, the device's (F13) and the studio's (F12): small tmpfs."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from capture_agent.spool import Shot, Spool, SpoolFull
from tests.capture_agent.conftest import Device
from tests.capture_agent.spools import NOON, content_of, every_file, sitting
from tests.capture_agent.studios import Paired, pair, photograph
from tests.conftest import missing
from tests.studio.site.conftest import Studio, studio_on

MEGABYTE = 1_000_000
pytestmark = pytest.mark.usefixtures("quick_pauses")


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    if os.geteuid() != 0:
        missing("A small disk can only be mounted by root.")
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        missing(f"This machine mounts no tmpfs ({done.stderr.strip()}).")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def fill(folder: Path, *, but: int = 0) -> Path:
    """A foreign file that takes all the room but so many bytes."""
    filler = folder / "filler"
    with filler.open("wb") as file:
        try:
            while (free := os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize) > but:
                file.write(bytes(min(MEGABYTE, free - but)))
                file.flush()
        except OSError:
            pass
    return filler


def test_f13_capturing_stops_at_the_floor_and_uploading_makes_room(tmp_path: Path, studio: Studio, device: Paired):
    with small_disk(tmp_path / "card", 12) as disk, Spool(disk / "spool", floor_bytes=4 * MEGABYTE) as spool:
        pi = Device(spool, studio.url, device)
        session = sitting(spool, "f13")
        with pytest.raises(SpoolFull, match="Capturing stopped: only 4 MB are free"):
            shoot_until_full(spool, session, pi.shots)
        assert len(pi.shots) > 10
        assert spool.room().is_full
        assert spool.room().free_bytes >= 4 * MEGABYTE
        assert not [name for name in every_file(spool.folder) if name.startswith(".part-")]
        assert pi.send_all() == ""
        assert pi.all_arrived(studio)
        assert spool.room().is_full  # receipts alone free nothing: the retention time has not passed
        spool.retention *= 0
        assert spool.sweep() == len(pi.shots)
        assert spool.room().shots_left >= len(pi.shots) - 1
        spool.add(session, photograph(400), taken_at=NOON, camera={})


def test_f13_with_not_one_byte_left_it_still_starts_and_still_sends(tmp_path: Path, studio: Studio, device: Paired):
    with small_disk(tmp_path / "card", 8) as disk:
        with Spool(disk / "spool", floor_bytes=0) as spool:
            session = sitting(spool, "f13 full")
            shots = [spool.add(session, photograph(200), taken_at=NOON, camera={}) for _ in range(5)]
        filler = fill(disk)
        with Spool(disk / "spool", floor_bytes=0) as spool:
            assert spool.shots() == shots
            with pytest.raises(SpoolFull):
                spool.add(session, photograph(200), taken_at=NOON, camera={})
            pi = Device(spool, studio.url, device, shots)
            uploader = pi.uploader()
            uploader.start()
            wait_until(lambda: len(pi.client().known(dataset_id(pi), [one.sha256 for one in shots])) == 5)
            uploader.stop()
            assert all(content_of(spool, shot) == shot.sha256 for shot in spool.shots())
            assert spool.sweep() == 0
        filler.unlink()
        with Spool(disk / "spool", floor_bytes=0) as spool:
            assert len(spool.shots()) == 5
            pi = Device(spool, studio.url, device, shots)
            assert pi.send_all() == ""
            assert pi.all_arrived(studio)


def shoot_until_full(spool: Spool, session: UUID, shots: list[Shot]) -> None:
    while True:
        shots.append(spool.add(session, photograph(400), taken_at=NOON, camera={}))


def dataset_id(pi: Device) -> str:
    return str(pi.client().dataset("f13 full")["id"])


def wait_until(probe: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not probe():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_f12_a_full_studio_is_waited_for_and_gets_all_when_there_is_space_again(tmp_path: Path):
    """Its floor is 256 MiB, so this disk is a little larger; only what is written on it takes memory."""
    with small_disk(tmp_path / "site", 288) as disk, studio_on(disk, STUDIO_DEMO="no") as studio:
        pi_spool = Spool(tmp_path / "spool", floor_bytes=0)
        pi = Device(pi_spool, studio.url, pair(studio))
        pi.shoot(600, 600, 600, dataset="f12")
        filler = fill(disk, but=256 * 1024**2 + 900_000)
        uploader = pi.uploader()
        uploader.start()
        wait_until(lambda: "full" in uploader.status().sentence)
        # There is room for one; two lanes that ask at the same moment are both told so, and the third is not.
        assert pi_spool.counts().done <= 2
        assert not uploader.status().is_connected
        assert pi_spool.counts().blocked == 0
        filler.unlink()
        wait_until(lambda: pi_spool.counts().done == 3)
        uploader.stop()
        assert pi.all_arrived(studio)
        pi_spool.close()
