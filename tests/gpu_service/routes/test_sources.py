"""Every source is 0…1, lies where the music lies, and is 0 where nothing happens."""

import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_service.music import hearing
from gpu_service.music.features import FRAME_RATE
from gpu_service.music.hearing import MonoSound
from gpu_service.protocol import CueSpec, MarkerSpec
from gpu_service.protocol.routes import OWN_STEMS
from gpu_service.protocol.scenes import StemRef
from gpu_service.routes.shaping import TICKS_PER_SECOND, followed, smoothed
from gpu_service.routes.sources import Hits, Points, Surroundings, curve_of
from tests.gpu_service.routes.scenes import plan_of, read_source, route, value

RATE = 22_050
MARKERS = [MarkerSpec(seconds=0.0, bpm=120), MarkerSpec(seconds=4.0, bpm=60, beats_per_bar=3, downbeat=3)]


def curve(source, seconds, *, cues=(), edges=(0.0, 3.0, 6.0, 12.0)):
    around = Surroundings(
        heard={}, section_edges=list(edges), markers=MARKERS, cues=cues, others={}, duration_seconds=12.0
    )
    return curve_of(read_source(source), around)(np.asarray(seconds, np.float64))


def test_beats_bars_tempo_and_sections_follow_the_grid():
    assert curve({"kind": "beat"}, [0, 0.25, 0.4999999, 0.5, 4.0, 4.5]) == pytest.approx(
        [0, 0.5, 0, 0, 0, 0.5], abs=1e-5
    )
    assert curve({"kind": "bar"}, [0, 1.0, 1.9, 2.0, 4.0, 5.5]) == pytest.approx([0, 0.5, 0.95, 0, 0, 0.5], abs=1e-6)
    assert curve({"kind": "tempo"}, [0, 3.9, 4.0, 11]).tolist() == [1, 1, 0, 0]
    assert curve({"kind": "segment"}, [0, 3, 5.9, 6, 20]).tolist() == [0, 0.5, 0.5, 1, 1]
    assert curve({"kind": "segment"}, [0, 3, 20], edges=(0.0, 12.0)).tolist() == [0, 0, 0]


def test_cues_are_held_and_spans_last():
    cues = [
        CueSpec(seconds=1.0, label="Hit"),
        CueSpec(seconds=3.0, end_seconds=5.0, kind="span", label="Hit"),
        CueSpec(seconds=3.5, label="Hit"),
        CueSpec(seconds=8.0, label="Other"),
    ]
    found = curve(
        {"kind": "cue", "label": "Hit", "hold_seconds": 0.5}, [0.9, 1.0, 1.4, 1.6, 3.0, 4.9, 5.1, 8.0], cues=cues
    )
    assert found.tolist() == [0, 1, 1, 0, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("wave_name", "wanted"),
    [
        ("sine", [0, 0.5, 1, 0.5, 0]),
        ("triangle", [0, 0.5, 1, 0.5, 0]),
        ("saw", [0, 0.25, 0.5, 0.75, 0]),
        ("square", [1, 1, 0, 0, 1]),
    ],
)
def test_lfos_turn_with_seconds_and_with_beats(wave_name, wanted):
    lfo = {"kind": "lfo", "wave": wave_name, "period": 2.0}
    assert curve({**lfo, "unit": "seconds"}, [0, 0.5, 1, 1.5, 2]) == pytest.approx(wanted, abs=1e-6)
    assert curve({**lfo, "unit": "beats"}, [0, 0.25, 0.5, 0.75, 1]) == pytest.approx(wanted, abs=1e-6)
    shifted = curve({**lfo, "unit": "seconds", "phase": 0.25}, [0, 0.5, 1, 1.5])
    assert shifted == pytest.approx(wanted[1:], abs=1e-6)


def test_a_drawn_curve_is_straight_held_and_looped():
    points = [(2.0, 1.0), (0.0, 0.0), (4.0, 0.5)]
    drawn = {"kind": "drawn", "points": points}
    assert curve(drawn, [0, 1, 2, 3, 9]) == pytest.approx([0, 0.5, 1, 0.75, 0.5])
    assert curve({**drawn, "loop": 4.0}, [4, 5, 6]) == pytest.approx([0, 0.5, 1])
    assert curve({**drawn, "unit": "beats"}, [0.5, 1.0]) == pytest.approx([0.5, 1])


def test_chance_throws_anew_every_beat_and_glides():
    dice = {"kind": "chance", "seed": 7, "every": 1.0}
    steps = curve(dice, [0.0, 0.1, 0.49, 0.5, 0.9, 1.0])
    assert steps[0] == steps[1] == steps[2]
    assert steps[3] == steps[4]
    assert len({*steps}) == 3
    assert not np.array_equal(curve({**dice, "seed": 8}, [0.0, 0.5]), steps[[0, 3]])
    many = curve({**dice, "unit": "seconds", "every": 1e-3}, np.arange(4000) * 1e-3)
    assert abs(many.mean() - 0.5) < 0.03
    assert np.histogram(many, 4, (0, 1))[0].min() > 850
    gliding = curve({**dice, "glide": 1.0}, [0.5, 0.75, 0.9999])
    assert gliding[0] == pytest.approx(steps[0])
    assert gliding[1] == pytest.approx((steps[0] + steps[3]) / 2)
    assert gliding[2] == pytest.approx(steps[3], abs=1e-3)


@settings(deadline=None, max_examples=30)
@given(
    kind=st.sampled_from(["lfo", "chance", "drawn"]),
    unit=st.sampled_from(["beats", "seconds"]),
    length=st.floats(1e-6, 3600),
    more=st.floats(0, 1),
)
def test_no_source_leaves_its_range(kind, unit, length, more):
    source = {
        "lfo": {"period": length, "phase": more, "wave": "saw"},
        "chance": {"every": length, "glide": more},
        "drawn": {"points": [(0, more), (length, 1 - more)], "loop": length},
    }[kind]
    found = curve({"kind": kind, "unit": unit, **source}, np.linspace(0, 7200, 999))
    assert np.isfinite(found).all()
    assert found.min() >= 0
    assert found.max() <= 1


def tone(seconds, hertz=440.0, level=0.3):
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


@pytest.mark.parametrize("seconds", [0.05, 1.0, 6.0])
def test_silence_and_what_is_steady_are_nothing(seconds):
    for samples in (np.zeros(round(seconds * RATE), np.float32), tone(seconds)):
        sound = MonoSound(samples, RATE)
        assert not hearing.loudness_and_rms(sound)["loudness"].any()
        assert not hearing.hear_slowly(sound).any()
        spectra = hearing.hear_spectra(sound)
        assert not spectra.bands[:, 1].any()
        if seconds > 1:
            assert not spectra.brightness.any()
            inside = (spectra.hit_seconds > 0.3) & (spectra.hit_seconds < seconds - 0.3)
            assert spectra.hit_strengths[inside].max(initial=0) < 0.05
        if not samples.any():
            assert len(spectra.hit_seconds) == 0
            for found in (spectra.bands, spectra.brightness, hearing.notes(hearing.hear_pitch(sound))):
                assert np.isfinite(found).all()
                assert not found.any()


def test_loudness_onsets_bands_and_notes_lie_where_they_sound():
    quiet, loud = tone(2, 440, 0.05), tone(2, 3000, 0.5)
    sound = MonoSound(np.concatenate([quiet, loud]), RATE)
    at = np.array([1.0, 3.0])
    loudness = Points(hearing.loudness_and_rms(sound)["loudness"], FRAME_RATE).at(at)
    assert loudness == pytest.approx([0, 1], abs=0.01)
    spectra = hearing.hear_spectra(sound)
    assert Points(spectra.bands[:, 1], FRAME_RATE).at(at) == pytest.approx([1, 0], abs=0.02)
    assert Points(spectra.bands[:, 3], FRAME_RATE).at(at) == pytest.approx([0, 1], abs=0.02)
    assert Points(spectra.brightness, FRAME_RATE).at(at) == pytest.approx([0, 1], abs=0.02)
    onset = Hits(spectra.hit_seconds, spectra.hit_strengths, hold_seconds=1 / 24)
    assert onset.at(np.array([2.001, 2.04])).min() > 0.9
    assert onset.at(np.array([1.0, 1.99, 2.2, 3.0])).max() < 0.05
    notes = hearing.notes(hearing.hear_pitch(sound))
    assert notes[3].argmax() == 9  # an A


def test_a_song_of_silence_moves_nothing(little, tmp_path):
    """Every source that listens stays at 0 in a second of silence, and in a second of a tone that never changes."""
    from tests.gpu_service.little import LittleScene

    kinds = ["loudness", "short_term", "onset", "brightness", "tempo", "segment"]
    sources = [{"kind": kind} for kind in kinds] + [{"kind": "band", "band": "bass"}, {"kind": "chroma", "pitch": 2}]
    sources += [{"kind": "stem", "stem": stem} for stem in OWN_STEMS]
    routes = [route(source=source, id=f"r{n}", amount=0.5) for n, source in enumerate(sources)]
    path = tmp_path / "silence.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"\0" * 2 * RATE)
    silent = LittleScene(song=path, snapshots=little.snapshots, seconds=1.0)
    assert (value(plan_of(silent, *routes)) == 1.0).all()


def test_the_rms_is_that_of_the_samples_around():
    samples = np.random.default_rng(0).standard_normal(RATE).astype(np.float32)
    padded = np.pad(samples.astype(np.float64), 1024)
    wanted = [np.sqrt(np.square(padded[at : at + 2048]).mean()) for at in range(0, len(samples), 256)]
    assert hearing.rms(MonoSound(samples, RATE))[: len(wanted) - 1] == pytest.approx(wanted[:-1])


def test_followers_rise_and_fall_with_their_time_constants():
    step = np.concatenate([np.zeros(10), np.ones(600), np.zeros(600)])
    chased = followed(step, rise_seconds=0.5, fall_seconds=2.0)
    assert chased[10 + 60 - 1] == pytest.approx(1 - np.exp(-1), abs=1e-6)
    assert chased[610 + 240 - 1] == pytest.approx(chased[609] * np.exp(-1), abs=1e-6)
    assert (followed(step, rise_seconds=0, fall_seconds=0) == step).all()


@pytest.mark.parametrize("seconds", [0.1, 1.0])
def test_smoothing_is_a_gaussian_and_keeps_what_is_even(seconds):
    impulse = np.zeros(2401)
    impulse[1200] = 1
    sigma = seconds * TICKS_PER_SECOND
    wanted = np.exp(-0.5 * ((np.arange(2401) - 1200) / sigma) ** 2)
    assert smoothed(impulse, seconds=seconds) == pytest.approx(wanted / wanted.sum(), abs=1e-5)
    assert smoothed(np.full(50, 0.3), seconds=seconds) == pytest.approx(0.3)


def test_an_uploaded_stem_drives(little, tmp_path: Path):
    path = tmp_path / "stem.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.concatenate([tone(1.5, level=0.01), tone(1.5)]) * 32767).astype("<i2").tobytes())
    stem = StemRef(name="my drums", sha256="5" * 64)
    files = dict(little.files)
    little.files["5" * 64] = path
    try:
        plan = plan_of(little, route(source={"kind": "stem", "stem": "my drums"}, amount=0.25), stems=[stem])
    finally:
        little.files.clear()
        little.files.update(files)
    assert value(plan)[[5, 25]] == pytest.approx([1.0, 1.5], abs=0.02)


def test_a_route_listens_to_another_after_its_shaping(little):
    lfo = {"kind": "lfo", "wave": "saw", "period": 2.0, "unit": "seconds"}
    first = route("noise_range", lfo, id="a", amount=0.0, quantise=2, invert=True)
    second = route("truncation", {"kind": "route", "id": "a"}, id="b", amount=0.25)
    moved = value(plan_of(little, second, first)) - 1.0
    assert moved[[2, 8, 12, 18, 22]] == pytest.approx([0.5, 0.5, 0, 0, 0.5])


def test_sections_of_a_real_change_are_found(little):
    """A three-second song is one section: its index never moves."""
    plan = plan_of(little, route(source={"kind": "segment"}, amount=1.0))
    assert (value(plan) == 1.0).all()
    assert plan.stages["hear sections"]["edges"].tolist() == pytest.approx([0, 3], abs=0.05)


def test_our_own_stems_drive_too(little):
    """The song is clicks over a tone that swells: the one part is loud at clicks, the other at the end."""
    clicks = route(source={"kind": "stem", "stem": "percussive"}, id="a", amount=0.0)
    swell = route(source={"kind": "stem", "stem": "harmonic"}, id="b", amount=0.0)
    plan = plan_of(little, clicks, swell, fps="20")
    percussive, harmonic = (plan.stages[f"route {name}"]["curve"] for name in "ab")
    assert percussive[5::10].min() > 0.8  # clicks at 0.25 s and every half second
    assert percussive[0::10].max() < 0.5
    assert harmonic[-15:].min() > harmonic[5:15].max() + 0.1
    assert set(plan.stages["hear our own stems"]) == set(OWN_STEMS)
