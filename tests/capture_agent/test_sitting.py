"""A sitting with the fake camera and a real spool: what is on disk, what is told, what is refused."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from capture_agent.cameras.base import Photo
from capture_agent.cameras.fake import FakeCamera
from capture_agent.errors import CameraError, CameraLost, CaptureError
from capture_agent.faces import face_finder
from capture_agent.protocol import (
    COMMANDS,
    CameraInfo,
    CaptureSettings,
    Command,
    Network,
    RecordError,
    SpoolCounts,
    parse_device_message,
)
from capture_agent.report import status_of, warnings_of
from capture_agent.shelf import FolderShelf
from capture_agent.sitting import Sitting
from capture_agent.spool import Spool
from tests.capture_agent.little import Clock, Memory

SETTINGS = CaptureSettings(resolution=(320, 320), number_of_photos=4, countdown_seconds=5)


class Broken(FakeCamera):
    """Fails at the photographs of these numbers, the first being 1."""

    def __init__(self, failing: set[int], error: CameraError, clock: Clock) -> None:
        super().__init__("", clock=clock)
        self.failing, self.error, self.number = failing, error, 0

    def photograph(self) -> Photo:
        self.number += 1
        if self.number in self.failing:
            raise self.error
        return super().photograph()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    with Spool(tmp_path / "spool", floor_bytes=1) as spool:
        yield spool


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def sitting(spool: Spool, memory: Memory, clock: Clock) -> Sitting:
    return make(FakeCamera("", clock=clock), spool, memory, clock)


def make(camera: Any, shelf: Any, memory: Memory, clock: Clock, **more: Any) -> Sitting:
    return Sitting(camera, shelf, listener=memory, settings=SETTINGS, finder=None, clock=clock, **more)


def ask(sitting: Sitting, command: str, /, **args: Any) -> None:
    sitting.do(command, Command(id="1", name=command, args=args).arguments())


def run(sitting: Sitting, clock: Clock, seconds: float, *, may_show: bool = True) -> None:
    """Let so many seconds pass, doing what is due when it is due."""
    end = clock.now + seconds
    while clock.now < end:
        clock.now += max(0.001, sitting.step(may_show=may_show))


def pictures(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.jp*g"))


def test_a_burst_is_on_the_disk_when_it_is_counted(sitting: Sitting, spool: Spool, memory: Memory, clock: Clock):
    on_disk_when_told = []
    told = memory.shot
    memory.shot = lambda shot, photo: (on_disk_when_told.append(spool.counts().waiting), told(shot, photo))  # type: ignore[method-assign]
    ask(sitting, "start", name="Ines", prompt="look left", place="attic", countdown=False)
    session = sitting.session
    assert session is not None
    run(sitting, clock, 2)
    assert sitting.state == "idle"
    assert on_disk_when_told == [1, 2, 3, 4]
    assert [shot.sequence for shot in memory.shots] == [1, 2, 3, 4]
    kept = spool.session(session.session_id)
    assert (kept.name, kept.prompt, kept.place, kept.dataset_name) == ("Ines", "look left", "attic", "faces")
    assert kept.ended_at is not None
    assert kept.camera["wished"]["shutter_us"] == 1000
    assert kept.camera["effective"]["analogue_gain"] == 4.0
    for shot in spool.shots():
        picture = spool.path_of(shot)
        assert hashlib.sha256(picture.read_bytes()).hexdigest() == shot.sha256
        side_car = json.loads(picture.with_suffix(".json").read_text())
        assert side_car["camera"]["exposure_us"] == 1000
        assert side_car["measures"]["sharpness"] > 0


def test_a_rejected_test_shot_leaves_no_file(sitting: Sitting, spool: Spool, memory: Memory, tmp_path: Path):
    before = sorted(tmp_path.rglob("*"))
    ask(sitting, "test_shot")
    assert sitting.state == "testing"
    ask(sitting, "retake")
    ask(sitting, "cancel")
    assert sitting.state == "idle"
    assert len(memory.tests) == 2
    assert memory.tests[0][1].jpeg.startswith(b"\xff\xd8")
    assert sorted(tmp_path.rglob("*")) == before
    with pytest.raises(CaptureError, match="no test shot"):
        ask(sitting, "accept")


def test_the_countdown_is_waited_for_and_can_be_left(sitting: Sitting, memory: Memory, clock: Clock):
    ask(sitting, "start")
    run(sitting, clock, 4.9)
    assert sitting.state == "countdown"
    assert not memory.shots
    ask(sitting, "cancel")
    run(sitting, clock, 9)
    assert sitting.state == "idle"
    assert not memory.shots
    ask(sitting, "start")
    run(sitting, clock, 5.2)
    assert memory.shots


def test_an_interval_paces_the_burst_and_the_rate_says_so(sitting: Sitting, memory: Memory, clock: Clock):
    ask(sitting, "configure", settings={"interval_seconds": 2.0, "number_of_photos": 100})
    ask(sitting, "start", countdown=False)
    run(sitting, clock, 19.5)
    assert len(memory.shots) == 10
    assert sitting.burst is not None
    assert sitting.burst.rate == pytest.approx(0.5, rel=0.02)
    assert sitting.burst.seconds_left == pytest.approx(90 / 0.5, rel=0.02)


def test_pause_stops_and_resume_goes_on_and_stop_keeps_what_was_taken(
    sitting: Sitting, spool: Spool, memory: Memory, clock: Clock
):
    ask(sitting, "configure", settings={"interval_seconds": 1.0, "number_of_photos": 50})
    ask(sitting, "start", countdown=False)
    run(sitting, clock, 2.5)
    ask(sitting, "pause")
    run(sitting, clock, 10)
    assert len(memory.shots) == 3
    ask(sitting, "resume")
    run(sitting, clock, 1.5)
    assert len(memory.shots) == 5
    ask(sitting, "stop")
    run(sitting, clock, 5)
    assert sitting.state == "idle"
    assert spool.counts().waiting == 5


def test_live_frames_come_ten_times_a_second_at_most_and_only_when_somebody_can_take_them(
    sitting: Sitting, memory: Memory, clock: Clock
):
    ask(sitting, "live", on=True)
    assert sitting.state == "previewing"
    run(sitting, clock, 2)
    assert 19 <= len(memory.frames) <= 21
    run(sitting, clock, 2, may_show=False)
    assert len(memory.frames) <= 21
    ask(sitting, "live", on=False)
    run(sitting, clock, 2)
    assert len(memory.frames) <= 21
    assert sitting.state == "idle"


@pytest.mark.parametrize("name", ["configure", "test_shot", "start", "accept", "retake", "resume"])
def test_what_does_not_fit_a_burst_is_refused(sitting: Sitting, clock: Clock, name: str):
    ask(sitting, "configure", settings={"interval_seconds": 5.0})
    ask(sitting, "start", countdown=False)
    run(sitting, clock, 1)
    with pytest.raises(CaptureError):
        sitting.do(name, COMMANDS[name]())
    assert sitting.state == "shooting"


@pytest.mark.parametrize("name", ["accept", "retake", "pause", "resume", "stop"])
def test_what_needs_something_going_on_is_refused_when_idle(sitting: Sitting, name: str):
    with pytest.raises(CaptureError):
        ask(sitting, name)
    assert sitting.state == "idle"


def test_a_wrong_setting_changes_nothing(sitting: Sitting):
    with pytest.raises(RecordError, match="iso"):
        sitting.do("configure", COMMANDS["configure"]({"iso": 9000, "shutter_us": 5}))
    assert sitting.settings == SETTINGS


def test_a_camera_that_refuses_settings_keeps_the_old_ones(sitting: Sitting, monkeypatch: pytest.MonkeyPatch):
    taken_on: list[CaptureSettings] = []

    def configure(settings: CaptureSettings) -> None:
        if settings.iso == 800:
            raise CameraError("Too much.")
        taken_on.append(settings)

    monkeypatch.setattr(sitting.camera, "configure", configure)
    with pytest.raises(CameraError, match="Too much"):
        ask(sitting, "configure", settings={"iso": 800})
    assert taken_on == [SETTINGS]
    assert sitting.settings == SETTINGS
    monkeypatch.setattr(sitting.camera, "info", CameraInfo(name="imx219", kind="fake", max_resolution=(3280, 2464)))
    with pytest.raises(CaptureError, match="at most 3280 × 2464"):
        ask(sitting, "configure", settings={"resolution": [4056, 3040]})


def test_at_the_floor_the_burst_ends_with_a_clear_sign(
    tmp_path: Path, memory: Memory, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    """Room for two more photographs above the floor, then none."""
    size = len(FakeCamera("", clock=clock).live().jpeg)
    assert size < 60_000
    monkeypatch.setattr("capture_agent.spool.FIRST_GUESS_BYTES", float(size))
    with Spool(tmp_path / "spool", floor_bytes=10**9) as spool:
        sitting = make(FakeCamera("", clock=clock), spool, memory, clock)
        free = 10**9 + 60_000

        def disk_usage(_: object) -> Any:
            used = sum(path.stat().st_size for path in pictures(tmp_path))
            return type("Usage", (), {"free": free - used})

        monkeypatch.setattr("capture_agent.spool.shutil.disk_usage", disk_usage)
        ask(sitting, "configure", settings={"number_of_photos": 100})
        ask(sitting, "start", countdown=False)
        run(sitting, clock, 3)
        assert sitting.state == "idle"
        taken = len(memory.shots)
        assert 1 <= taken < 100
        assert len(pictures(tmp_path)) == taken
        warning = next(each for each in warnings_of(sitting) if each.kind == "space" and "stopped" in each.sentence)
        assert "must stay free" in warning.sentence
        status = status_of(sitting, counts=SpoolCounts(), network=Network())
        assert any(each.kind == "space" for each in status.warnings)
        assert parse_device_message(status.to_json()) == status
        free = 10**9 + 10
        with pytest.raises(CaptureError, match="no room"):
            ask(sitting, "start")
        free = 10**10
        ask(sitting, "start", countdown=False)
        assert sitting.state == "shooting"
        assert not any(each.kind == "space" for each in warnings_of(sitting))


def test_a_camera_that_fails_now_and_then_loses_only_that_photograph(spool: Spool, memory: Memory, clock: Clock):
    sitting = make(Broken({2, 3}, CameraError("A hiccup."), clock), spool, memory, clock)
    ask(sitting, "start", countdown=False)
    run(sitting, clock, 3)
    assert [shot.sequence for shot in memory.shots] == [1, 2, 3, 4]


def test_a_camera_that_fails_again_and_again_ends_the_burst(spool: Spool, memory: Memory, clock: Clock):
    sitting = make(Broken(set(range(2, 99)), CameraError("The lens fell off."), clock), spool, memory, clock)
    ask(sitting, "start", countdown=False)
    run(sitting, clock, 3)
    assert sitting.state == "idle"
    assert [(each.kind, each.sentence) for each in warnings_of(sitting)] == [("camera", "The lens fell off.")]
    assert spool.counts().waiting == 1


def test_a_lost_camera_is_the_programs_end_and_the_burst_goes_on_after(spool: Spool, memory: Memory, clock: Clock):
    sitting = make(Broken({3}, CameraLost("No memory."), clock), spool, memory, clock)
    ask(sitting, "start", countdown=False)
    session, taken = sitting.session, 2
    assert session is not None
    with pytest.raises(CameraLost):
        run(sitting, clock, 3)
    after = make(FakeCamera("", clock=clock), spool, memory, clock)
    after.begin(session_id=session.session_id, taken=taken)
    run(after, clock, 3)
    assert [shot.sequence for shot in memory.shots] == [1, 2, 3, 4]
    assert {shot.session_id for shot in memory.shots} == {str(session.session_id)}


def test_missing_faces_and_darkness_are_told_while_the_sitter_is_there(spool: Spool, memory: Memory, clock: Clock):
    settings = SETTINGS.changed({"number_of_photos": 50, "interval_seconds": 1.1, "resolution": [640, 640]})
    for place, exposure, expected in (("nobody", 1000, ["face"]), ("0", 1000, []), ("nobody", 10, ["face", "light"])):
        sitting = Sitting(
            FakeCamera(place, clock=clock),
            spool,
            listener=memory,
            settings=settings.changed({"shutter_us": exposure, "iso": 400}),
            finder=face_finder(),
            clock=clock,
        )
        ask(sitting, "start", countdown=False)
        run(sitting, clock, 4)
        assert [each.kind for each in warnings_of(sitting)] == expected, (place, exposure)
        sitting.end()


def test_sharpness_means_the_same_in_every_photograph_of_a_burst(spool: Spool, memory: Memory, clock: Clock):
    """Faces are looked for once a second; in between it is measured where the last one was."""
    settings = SETTINGS.changed({"number_of_photos": 12, "interval_seconds": 0.3, "resolution": [640, 640]})
    sitting = Sitting(
        FakeCamera("", clock=clock), spool, listener=memory, settings=settings, finder=face_finder(), clock=clock
    )
    ask(sitting, "start", countdown=False)
    run(sitting, clock, 5)
    assert {shot.measures.faces for shot in memory.shots} == {1, None}
    values = [shot.measures.sharpness for shot in memory.shots]
    assert max(values) - min(values) < 10
    assert not warnings_of(sitting)


def test_a_plain_folder_keeps_shots_as_pitraiture_did(tmp_path: Path, memory: Memory, clock: Clock):
    shelf = FolderShelf(tmp_path / "datasets", floor_bytes=1)
    sitting = make(FakeCamera("", clock=clock), shelf, memory, clock)
    ask(sitting, "start", countdown=False)
    run(sitting, clock, 3)
    names = [path.name for path in pictures(tmp_path)]
    assert names == sorted(shot.name for shot in memory.shots)
    assert len(names) == 4
    assert all(path.parent == tmp_path / "datasets" / "faces" for path in pictures(tmp_path))
    assert all(path.with_suffix(".json").exists() for path in pictures(tmp_path))
    with pytest.raises(CaptureError, match="holds photographs already"):
        ask(sitting, "start", append=False, countdown=False)
    assert sitting.state == "idle"
