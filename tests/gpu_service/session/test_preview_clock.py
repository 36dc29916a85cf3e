"""Which frame is worth drawing next: ahead of the sound, within reach, never beyond what the page holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_service.preview_clock import HELD_SECONDS, DriverClock, Pace
from gpu_service.protocol import PreviewDrive


class Now:
    """Time that moves when told."""

    def __init__(self) -> None:
        self.seconds = 50.0

    def __call__(self) -> float:
        return self.seconds


def clock(
    now: Now, *, seconds: float = 0.0, rate: float = 1.0, playing: bool = True, loop: object = None
) -> DriverClock:
    drive = PreviewDrive(
        preview_id="12345678-1234-5678-1234-567812345678",
        revision=1,
        seconds=seconds,
        rate=rate,
        playing=playing,
        loop=loop,
    )
    return DriverClock.heard(drive, now=now)


def play(
    *, draw_seconds: float, seconds: float = 4.0, fps: float = 30.0, rate: float = 1.0
) -> tuple[list[int], list[float]]:
    """Draw as a preview does, one frame at a time. -> frames, and how long before its moment each was there"""
    now, pace = Now(), Pace(fps)
    driver, end = clock(now, rate=rate), now.seconds + seconds
    frames: list[int] = []
    ahead: list[float] = []
    while now.seconds < end:
        chosen, wait = pace.choose(driver, count=1, track_frames=10_000)
        if chosen:
            now.seconds += draw_seconds
            pace.drew(1, draw_seconds)
            frames += chosen
            ahead.append((chosen[0] / fps - driver.running()) / rate)
        else:
            now.seconds += wait
    return frames, ahead


def test_quick_drawing_shows_every_frame_and_stays_within_what_the_page_holds():
    frames, ahead = play(draw_seconds=0.01)
    steady = frames[frames.index(10) :]
    assert steady == list(range(steady[0], steady[-1] + 1))
    assert max(ahead) <= HELD_SECONDS + 0.05
    assert min(ahead[10:]) > 0.2


def test_slow_drawing_skips_what_it_cannot_reach_and_is_never_late():
    frames, ahead = play(draw_seconds=0.1)
    assert frames == sorted(set(frames))
    assert len(frames) >= 0.85 * 4.0 / 0.1
    assert min(ahead[3:]) > -0.04


@given(draw=st.floats(0.002, 0.4), rate=st.sampled_from([0.5, 1.0, 2.0]))
def test_frames_only_ever_go_forward_while_the_track_plays(draw, rate):
    frames, ahead = play(draw_seconds=draw, seconds=3.0, rate=rate)
    assert frames == sorted(set(frames))
    assert max(ahead) <= HELD_SECONDS + 0.05


def test_a_loop_comes_back_before_its_end_is_reached():
    now, pace = Now(), Pace(10.0)
    driver = clock(now, seconds=1.75, loop=(1.0, 2.0))
    chosen, _ = pace.choose(driver, count=4, track_frames=100)
    assert chosen == [19, 10, 11, 12]
    now.seconds += 0.5
    assert driver.place(driver.running()) == pytest.approx(1.25)


def test_after_the_turn_of_a_loop_drawing_goes_on_where_it_was():
    now, pace = Now(), Pace(10.0)
    loop = (1.0, 4.0)
    first, _ = pace.choose(clock(now, seconds=3.75, loop=loop), count=4, track_frames=100)
    assert first == [39, 10, 11, 12]
    now.seconds += 0.3
    chosen, wait = pace.choose(clock(now, seconds=1.05, loop=loop), count=4, track_frames=100)
    assert wait == 0.0
    assert chosen[0] == 13


def test_a_heartbeat_is_no_jump_and_a_seek_is():
    now = Now()
    driver = clock(now, seconds=3.0)
    now.seconds += 1.0
    assert not clock(now, seconds=4.05).jumped_from(driver)
    assert clock(now, seconds=9.0).jumped_from(driver)
    assert clock(now, seconds=4.0, playing=False).jumped_from(driver)
    assert clock(now, seconds=4.0, loop=(0.0, 5.0)).jumped_from(driver)


def test_nothing_is_drawn_beyond_the_end_of_the_track():
    now, pace = Now(), Pace(10.0)
    chosen, _ = pace.choose(clock(now, seconds=1.75), count=4, track_frames=20)
    assert chosen == [19]
    assert pace.choose(clock(now, seconds=2.5), count=4, track_frames=20)[0] == []


def test_slow_frames_are_drawn_singly_and_quick_ones_together():
    pace = Pace(30.0)
    for _ in range(50):
        pace.drew(1, 0.005)
    assert pace.batch(8) == 4
    assert pace.batch(2) == 2
    for _ in range(50):
        pace.drew(1, 0.3)
    assert pace.batch(8) == 1
