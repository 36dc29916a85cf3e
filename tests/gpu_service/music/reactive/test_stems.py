"""Stems, harmonic and percussive parts, and what is heard of them: librosa's numbers, in blocks, silence included."""

from fractions import Fraction

import librosa
import numpy as np
import pytest
from scipy.signal import find_peaks

from gpu_service.music.errors import MusicError
from gpu_service.music.reactive import hearing, own_split, separation, waves
from gpu_service.music.reactive.harmony import harmonic, percussive
from gpu_service.music.reactive.waves import Scratch
from gpu_service.protocol import signal_steps as s
from gpu_service.protocol.signals import STEMS

RATE = 22_050


def band(seconds: float = 4.0) -> np.ndarray:
    """A bass note every second, a chord in between, and a hit of noise every half second."""
    t = np.arange(round(seconds * RATE)) / RATE
    rng = np.random.default_rng(3)
    bass = 0.3 * np.sin(2 * np.pi * 70 * t)
    chord = sum(0.1 * np.sin(2 * np.pi * f * t) for f in (1046.5, 1318.5, 1568.0))
    hits = 0.5 * rng.standard_normal(len(t)) * np.exp(-(t % 0.5) / 0.02)
    turn = np.clip(5 * np.sin(2 * np.pi * t), -0.5, 0.5)
    return (bass * (0.5 + turn) + chord * (0.5 - turn) + hits).astype(np.float32)


@pytest.fixture(params=[1_024, 40], ids=["whole", "in blocks"])
def block_size(request, monkeypatch):
    """All at once, and as a long track is read: in many blocks, with its waves on disk."""
    monkeypatch.setattr(waves, "BLOCK_FRAMES", request.param)
    if request.param < 1_024:
        monkeypatch.setattr(waves, "IN_MEMORY_SAMPLES", 1_000)
    return request.param


def test_parts_are_librosas_whatever_the_blocks(block_size):
    wave = band(1.5)
    with Scratch() as scratch:
        lasting = np.array(harmonic(wave, margin=5.0, scratch=scratch))
        hitting = np.array(percussive(wave, margin=3.0, scratch=scratch))
    assert np.abs(lasting - librosa.effects.harmonic(wave, margin=5.0)).max() < 1e-5
    assert np.abs(hitting - librosa.effects.percussive(wave, margin=3.0)).max() < 1e-5


def test_stems_add_up_to_the_mix_and_hold_what_they_are_named_for(block_size):
    wave = band()
    with Scratch() as scratch:
        model = separation.separate(wave, scratch=scratch)
        stems = {
            name: np.array(stem)
            for name, stem in separation.stems_of(wave, model, list(STEMS), scratch=scratch).items()
        }
    assert np.abs(sum(stems.values()) - wave).max() < 1e-5
    t = np.arange(len(wave)) / RATE

    def level(stem: np.ndarray, hertz: float) -> float:
        middle = slice(RATE // 2, -RATE // 2)
        return float(np.abs(np.mean(stem[middle] * np.exp(-2j * np.pi * hertz * t[middle]))))

    assert level(stems["bass"], 70) > 3 * sum(level(stems[name], 70) for name in STEMS if name != "bass")
    assert level(stems["bass"], 1318.5) < 0.3 * level(wave, 1318.5)
    power = {name: float(np.mean(np.square(np.diff(stem)))) for name, stem in stems.items()}
    assert power["drums"] > 3 * (power["bass"] + power["vocals"] + power["other"]) / 3
    assert sum(array.nbytes for array in model.values()) < 0.2 * wave.nbytes


def test_loudness_and_onsets_are_librosas_whatever_the_blocks(block_size):
    wave = band(3.0)
    with Scratch() as scratch:
        assert hearing.rms(wave) == pytest.approx(librosa.feature.rms(y=wave)[0], abs=1e-6)
        for low, high in ((0.0, 2_200.0), (1_000.0, RATE / 2)):
            found = hearing.onset(wave, hop=128, low_hz=low, high_hz=high, scratch=scratch)
            expected = librosa.onset.onset_strength(y=wave, sr=RATE, hop_length=128, fmin=low, fmax=high)
            assert found == pytest.approx(expected, abs=2e-3)


def test_the_twelve_parts_are_a_factorisation_that_a_second_run_repeats():
    wave = band(3.0)
    step = s.Decompose(iterations=60, components=4)
    levels, again = hearing.hear(wave, step), hearing.hear(wave, step)
    ordered = hearing.hear(wave, step.model_copy(update={"order": "pitch"}))
    magnitude = np.abs(librosa.stft(librosa.effects.harmonic(wave, margin=5.0)))
    shapes = np.linalg.lstsq(levels.T, magnitude.T, rcond=None)[0]
    assert np.linalg.norm(magnitude - (levels.T @ shapes).T) < 0.15 * np.linalg.norm(magnitude)
    assert (levels >= 0).all()
    assert (levels == again).all()
    assert sorted(map(tuple, levels.tolist())) == sorted(map(tuple, ordered.tolist()))


def test_long_tracks_are_learnt_from_some_values_and_heard_in_all(monkeypatch):
    wave, step = band(6.0), s.Decompose(margin=0, iterations=300, components=3)
    short = hearing.hear(wave, step)
    monkeypatch.setattr(hearing, "MOST_COLUMNS", 90)
    monkeypatch.setattr(own_split, "MOST_COLUMNS", 20)
    long = hearing.hear(wave, step)
    assert long.shape == short.shape == (3, 1 + 6 * RATE // 512)
    fits = [max(np.corrcoef(one, other)[0, 1] for other in short) for one in long]
    assert min(fits) > 0.95
    with Scratch() as scratch:
        model = separation.separate(wave, scratch=scratch)
        stems = separation.stems_of(wave, model, list(STEMS), scratch=scratch)
        assert np.abs(sum(np.array(stem) for stem in stems.values()) - wave).max() < 1e-5


def test_a_tone_loads_its_own_note_in_the_chroma():
    t = np.arange(3 * RATE) / RATE
    notes = hearing.chroma(np.sin(2 * np.pi * 261.63 * t).astype(np.float32))
    assert notes.shape == (12, 1 + 3 * RATE // 512)
    assert set(notes[:, 20:-20].argmax(axis=0)) == {0}


def test_a_click_train_has_a_pulse():
    wave = np.zeros(6 * RATE, np.float32)
    wave[:: RATE // 2] = 1.0
    with Scratch() as scratch:
        pulse = hearing.beat_pulse(wave, scratch=scratch)
    assert 0 <= pulse.min() <= pulse.max() <= 1
    peaks = find_peaks(pulse[43:-43])[0]
    assert np.median(np.diff(peaks)) * 512 / RATE == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("wave", [np.zeros(RATE, np.float32), np.full(RATE, 0.5, np.float32), np.ones(300, np.float32)])
@pytest.mark.parametrize("do", ["onset", "rms", "beat_plp", "decompose", "chroma"])
def test_silence_a_constant_and_a_moment_are_heard_without_harm(wave, do):
    step = s.FUNCTIONS[do]()
    with Scratch() as scratch:
        model = separation.separate(wave, scratch=scratch)
        stem = separation.stems_of(wave, model, ["vocals"], scratch=scratch)["vocals"]
        for sound in (wave, stem):
            made = hearing.hear(sound, step)
            assert made.shape[-1] == 1 + len(wave) // hearing.hop_of(step)
            assert np.isfinite(made).all()


def test_another_rate_comes_in_blocks_and_at_its_true_length():
    sound = np.sin(2 * np.pi * 440 * np.arange(3 * 44_100) / 44_100).astype(np.float32)
    with Scratch() as scratch:
        wave = scratch.wave(sound, 44_100)
    assert len(wave) == 3 * RATE
    expected = np.sin(2 * np.pi * 440 * np.arange(3 * RATE) / RATE)
    assert np.abs(wave - expected)[100:-100].max() < 1e-3
    assert Fraction(len(wave), RATE) == 3


class _Plugin:
    """A package that brings a separator, as `importlib.metadata` shows it."""

    name = "halves"

    @staticmethod
    def load():
        return lambda wave, rate: dict.fromkeys(STEMS, wave / 4)


def test_another_separator_is_found_by_its_name_and_its_stems_are_kept(monkeypatch):
    monkeypatch.setattr(separation, "entry_points", lambda group: [_Plugin] if group == "phosphene.separators" else [])
    assert separation.separators() == ["own", "halves"]
    wave = band(1.0)
    with Scratch() as scratch:
        model = separation.separate(wave, separator="halves", scratch=scratch)
        stems = separation.stems_of(wave, model, list(STEMS), scratch=scratch)
    assert np.abs(sum(stems.values()) - np.clip(wave, -4, 4)).max() < 1e-3


def test_a_separator_that_is_not_there_is_named():
    with Scratch() as scratch, pytest.raises(MusicError, match="“spleen”"):
        separation.separate(band(0.5), separator="spleen", scratch=scratch)
