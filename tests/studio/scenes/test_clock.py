"""The clock of a preview: where the sound is between two words of the driver."""

from dataclasses import dataclass

import pytest

from studio.scenes.clock import Clock


@dataclass
class Watch:
    """A clock of the machine that a test moves by hand."""

    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


def told(watch: Watch, *, seconds: float = 10.0, rate: float = 1.0, playing: bool = True, loop=None) -> Clock:
    clock = Clock(monotonic=watch)
    clock.tell(seconds=seconds, rate=rate, is_playing=playing, lead=0.25, loop=loop)
    return clock


def test_a_playing_clock_goes_on_at_its_rate(watch):
    clock = told(watch, rate=0.5)
    watch.seconds += 2
    assert clock.now() == pytest.approx(11.0)


def test_a_paused_clock_stands(watch):
    clock = told(watch, playing=False)
    watch.seconds += 2
    assert clock.now() == 10.0


def test_a_clock_in_a_loop_comes_back_to_its_beginning(watch):
    clock = told(watch, seconds=11.5, loop=(10.0, 12.0))
    watch.seconds += 1
    assert clock.now() == pytest.approx(10.5)


def test_a_driver_that_keeps_time_has_not_jumped(watch):
    clock = told(watch)
    watch.seconds += 1
    assert not clock.tell(seconds=11.05, rate=1.0, is_playing=True, lead=0.25, loop=None)


def test_a_driver_that_seeks_has_jumped(watch):
    clock = told(watch)
    watch.seconds += 1
    assert clock.tell(seconds=42.0, rate=1.0, is_playing=True, lead=0.25, loop=None)


def test_coming_round_the_loop_is_no_jump(watch):
    clock = told(watch, seconds=11.95, loop=(10.0, 12.0))
    watch.seconds += 0.04
    assert not clock.tell(seconds=10.01, rate=1.0, is_playing=True, lead=0.25, loop=(10.0, 12.0))


def test_a_frame_ahead_is_in_time_and_one_behind_is_late(watch):
    clock = told(watch)
    assert not clock.has_passed(10.3)
    assert not clock.has_passed(9.95)
    assert clock.has_passed(9.5)


def test_the_beginning_of_a_loop_is_ahead_of_its_end(watch):
    clock = told(watch, seconds=11.9, loop=(10.0, 12.0))
    assert not clock.has_passed(10.1)
    assert clock.has_passed(11.4)


def test_nothing_is_late_while_the_sound_is_paused(watch):
    assert not told(watch, playing=False).has_passed(0.0)
