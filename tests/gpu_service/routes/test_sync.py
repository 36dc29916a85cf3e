"""A minute of clicks, written as sound, heard and drawn: the picture pulses with every one of them.

A whole hour of it is bench/sync.py.
"""

from fractions import Fraction

import numpy as np
import pytest

from gpu_service.cli_beats import find_markers
from gpu_service.music.decode import decode
from tests.gpu_service.little import RATE, LittleScene, write_clicks
from tests.gpu_service.routes.scenes import draw, plan_of, route, value

SECONDS, EVERY, FIRST = 60.0, 0.48613, 0.371
CLICKS = np.arange(FIRST, SECONDS, EVERY)
REACH_SECONDS = 0.18
# ψ is 0 between the pulses: the network's average picture.
CALM = {"music": False, "truncation": 0.0}


@pytest.fixture(scope="module")
def minute(tmp_path_factory, little_snapshots):
    song = write_clicks(tmp_path_factory.mktemp("minute") / "clicks.wav", seconds=SECONDS, every=EVERY, first=FIRST)
    return LittleScene(song=song, snapshots=little_snapshots, seconds=SECONDS)


@pytest.fixture(scope="module")
def grid(minute, tmp_path_factory):
    """The beats as the analysis finds them."""
    return find_markers(decode(minute.song, pcm_path=tmp_path_factory.mktemp("pcm") / "song.pcm"))


def around(click, fps, frames):
    reach, middle = round(REACH_SECONDS * float(fps)), round(click * float(fps))
    return np.arange(max(0, middle - reach), min(frames, middle + reach + 1))


def middle_of(frames, levels):
    """The middle of what lies above half the height."""
    above = np.maximum(levels - (levels.min() + levels.max()) / 2, 0)
    return (frames * above).sum() / above.sum()


@pytest.mark.parametrize("fps", ["24", "30000/1001", "60"])
def test_a_pulse_on_the_beats_stays_within_half_a_frame_of_every_click(minute, grid, fps):
    beats = {"kind": "lfo", "period": 1, "unit": "beats", "phase": 0.5}
    plan = plan_of(minute, route(source=beats, amount=0.5, bend=1.0), fps=fps, markers=grid, **CALM)
    levels, rate = value(plan), Fraction(fps)
    spans = [around(click, rate, len(levels)) for click in CLICKS[:-1]]
    away = [middle_of(span, levels[span]) - click * float(rate) for span, click in zip(spans, CLICKS[:-1], strict=True)]
    assert np.abs(away).max() < 0.25
    assert abs(np.mean(away[-20:]) - np.mean(away[:20])) < 0.05  # no drift
    for span, click in ((spans[0], CLICKS[0]), (spans[-1], CLICKS[-2])):
        pictures = draw(plan, span.tolist()).float()
        apart = (pictures - pictures[int(levels[span].argmin())]).abs().mean(dim=(1, 2, 3)).double().numpy()
        assert abs(middle_of(span, apart) - click * float(rate)) < 0.5


@pytest.mark.parametrize("release", [0.0, 0.15])
@pytest.mark.parametrize("fps", ["24", "30000/1001", "60"])
def test_an_onset_first_shows_in_the_frame_nearest_to_its_click_at_every_rate(minute, fps, release):
    """Half a frame is the best there is; under a loud tone an attack may be told wrong by one sample."""
    plan = plan_of(minute, route(source={"kind": "onset"}, amount=0.5, release_seconds=release), fps=fps, **CALM)
    levels, rate = value(plan), float(Fraction(fps))
    begins = np.flatnonzero((levels >= 0.4) & (np.roll(levels, 1) < 0.4))
    assert len(begins) == len(CLICKS)
    starts = np.round(CLICKS * RATE) / RATE  # as the file has them
    assert np.abs(begins - starts * rate).max() <= 0.5 + rate / RATE
    shown = begins[[0, 30, -2]]
    pictures = draw(plan, [*(shown - 1), *shown]).float()
    apart = (pictures[3:] - pictures[:3]).abs().mean(dim=(1, 2, 3))
    assert apart.min() > 1  # the picture leaps in that very frame
