"""The plan of an audio-reactive film: AIART's formulas from the sound to the frames; what is worked out but once."""

import hashlib
from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile
from scipy.ndimage import gaussian_filter1d
from scipy.signal import butter, find_peaks, find_peaks_cwt, resample, sosfiltfilt

from gpu_service.errors import RenderError
from gpu_service.music.reactive.listening import write_stems
from gpu_service.music.reactive.separation import separate, stems_of
from gpu_service.music.reactive.waves import Scratch
from gpu_service.protocol import SceneSpec, SnapshotNeeds, TrackRef
from gpu_service.protocol.scenes import StemRef
from gpu_service.protocol.signal_sets import JULY, SIGNAL_SETS
from gpu_service.visualizers.audio_reactive import AudioReactive
from gpu_service.visualizers.audio_reactive_plots import reactive_signals
from gpu_service.visualizers.audio_reactive_signals import ReactiveParameters
from gpu_service.visualizers.audio_reactive_stages import STAGES
from gpu_service.visualizers.base import Visualizer
from gpu_service.visualizers.stage_cache import StageCache
from gpu_service.visualizers.stages import SceneFacts

RATE = 22_050
LISTENING = ("separation", "factors", "heard")
CACHE = StageCache(None)
QUICK = {"do": "decompose", "iterations": 20}


class Signals(Visualizer):
    """The stages alone."""

    name, title, parameters, stages = "signals-alone", "Signals alone", ReactiveParameters, STAGES
    snapshots = SnapshotNeeds(min=0, max=1, kinds=["cppn"])


class Song:
    """A sound in memory, and stems that were uploaded, by their hash."""

    def __init__(self, wave: np.ndarray, rate: int = RATE, **stems: np.ndarray) -> None:
        self.wave, self.rate, self.uploaded = wave.astype(np.float32), rate, stems
        self.sha256 = hashlib.sha256(self.wave.tobytes()).hexdigest()

    def mono(self) -> tuple[np.ndarray, int]:
        return self.wave, self.rate

    def stem(self, sha256: str) -> tuple[np.ndarray, int]:
        return next(wave for name, wave in self.uploaded.items() if hash_of(name) == sha256), self.rate

    def file(self, sha256: str) -> Path:
        raise KeyError(sha256)


def hash_of(name: str) -> str:
    return name.encode().hex().ljust(64, "0")[:64]


def facts_of(song: Song, *, fps: str = "24", sha256: str = "a" * 64, **parameters) -> SceneFacts:
    seconds = max(len(song.wave) / song.rate, 0.001)
    scene = SceneSpec(
        visualizer="signals-alone",
        parameters=parameters,
        tracks=[TrackRef(sha256=sha256, name="song", duration_seconds=seconds)],
        stems=[StemRef(name=name, sha256=hash_of(name)) for name in song.uploaded],
        width=64,
        height=64,
        fps=fps,
        duration_seconds=seconds,
    )
    return SceneFacts(scene, 512)


def stages_of(song: Song, **scene):
    facts = facts_of(song, **{"sha256": song.sha256, **scene})
    return Signals.run_stages(facts, song, cache=CACHE, report=lambda _title, _share: None)


def quick(name: str = "july", **changes) -> dict:
    """A shipped set, with fewer iterations."""
    values = SIGNAL_SETS[name].model_dump(mode="json")
    if values["weights"]["chain"][0]["do"] == "decompose":
        values["weights"]["chain"][0]["iterations"] = 20
    return values | changes


def music(seconds: float = 20.0) -> np.ndarray:
    """Chords with a pause in the middle, and a drum that grows louder."""
    t = np.arange(round(seconds * RATE)) / RATE
    quiet = 1 - 0.95 * np.exp(-0.5 * ((t - seconds / 2) / 1.2) ** 2)
    chord = sum(np.sin(2 * np.pi * f * t) for f in (220.0, 277.2, 329.6)) * (1 + np.sin(2 * np.pi * t / 3)) / 10
    hits = np.random.default_rng(4).standard_normal(len(t)) * np.exp(-(t % 0.5) / 0.03) * (0.1 + 0.3 * t / seconds)
    return (quiet * (chord + hits)).astype(np.float32)


@pytest.fixture(scope="module")
def song() -> Song:
    return Song(music())


@pytest.fixture(scope="module")
def july(song):
    return stages_of(song, signals=quick(), saw="shipped", disorder="shipped", change="cut", valleys_from="one")


@pytest.fixture(scope="module")
def stems(song) -> dict[str, np.ndarray]:
    with Scratch() as scratch:
        return stems_of(song.wave, separate(song.wave, scratch=scratch), ["drums", "bass"], scratch=scratch)


def norm(x, low=0.0, high=1.0):
    return (x - x.min()) / (x.max() - x.min()) * (high - low) + low


def test_the_drum_mix_is_the_loudness_of_the_drums_over_the_whole_song(july, stems):
    loudness = librosa.feature.rms(y=stems["drums"], hop_length=512)[0]
    assert july["drums"]["mix"] == pytest.approx(np.clip(resample(norm(loudness), 480), 0, 1), abs=1e-5)


def test_the_swell_is_smoothed_before_it_is_resampled(july, stems):
    loudness = librosa.feature.rms(y=stems["drums"], hop_length=512)[0]
    assert july["swell"]["r"] == pytest.approx(resample(gaussian_filter1d(loudness, 64), 480), abs=1e-6)


def test_the_energy_is_filtered_as_if_its_rate_were_150(song, july):
    loudness = librosa.feature.rms(y=song.wave)[0]
    filtered = sosfiltfilt(butter(5, 1, fs=150, output="sos"), loudness)
    energy = np.clip(resample(filtered, 480), filtered.min(), filtered.max())
    expected = [peak for peak in find_peaks_cwt(1 - energy, np.arange(30, 350)) if 5 <= peak < 475]
    assert july["segments"]["boundaries"].tolist() == pytest.approx([0, *expected, 479], abs=1)
    # The quiet middle lies too near both ends for it; measured from the loudest moment it is found.
    corrected = stages_of(song, signals=quick())["segments"]["boundaries"]
    assert [abs(int(frame) - 240) < 12 for frame in corrected[1:-1]] == [True]


def test_a_drive_is_the_chain_of_the_specification(july, stems):
    hits = librosa.effects.percussive(stems["drums"], margin=3.0)
    onset = librosa.onset.onset_strength(y=hits, sr=RATE, hop_length=128, fmin=0, fmax=2200)
    curve = norm(gaussian_filter1d(np.clip(resample(onset, 480), onset.min(), onset.max()), 1))
    peaks, _ = find_peaks(curve, distance=20, prominence=0.6, width=2, height=0.1)
    assert len(peaks) > 2
    expected = np.zeros(480)
    for peak in peaks:
        for x in range(-4, 5):
            if peak + x + 2 < 480:
                expected[peak + x + 2] += curve[peak] * np.exp(-(x**2) / 200)
    assert list(july["bends"]["names"]) == ["drums", "bass", "melody"]
    assert july["bends"]["drive"][:, 0] == pytest.approx(np.clip(expected, 0, 1), abs=2e-3)


def test_weights_are_made_rows_twice_and_ring_as_shipped(july):
    weights = july["components"]["weights"]
    assert weights.shape == (480, 12)
    assert weights.sum(axis=1) == pytest.approx(np.ones(480), abs=1e-5)
    levels = next(iter(july["factors"].values())).astype(float)
    smooth = gaussian_filter1d(levels, 3, axis=1)
    rows = resample(smooth / smooth.sum(axis=0), 480, axis=1)
    assert weights == pytest.approx((rows / rows.sum(axis=0)).T, abs=1e-5)


def test_clipped_ringing_leaves_no_negative_weight(song, july):
    chain = [QUICK, {"do": "gauss", "sigma": 3}, "rows", {"do": "resample", "clip": True}, "rows"]
    made = stages_of(song, signals=quick(weights={"source": "mix", "chain": chain}))["components"]["weights"]
    assert made.min() >= 0
    assert made.sum(axis=1) == pytest.approx(np.ones(480), abs=1e-5)


def test_only_what_listens_is_kept_for_another_rate_seed_or_shape(song):
    first = Signals.keys(facts_of(song, signals=quick()))
    softer = quick()
    softer["drives"][0]["chain"][2]["sigma"] = 2.0
    for changed in ({"fps": "60"}, {"seed": 9}, {"signals": softer}, {"saw": "once"}):
        keys = Signals.keys(facts_of(song, **{"signals": quick(), **changed}))
        assert [keys[name] for name in LISTENING] == [first[name] for name in LISTENING]
        assert keys != first
    louder = quick()
    louder["drives"][0]["chain"][0]["high_hz"] = 3_000
    keys = Signals.keys(facts_of(song, signals=louder))
    assert (keys["factors"], keys["heard"] == first["heard"]) == (first["factors"], False)
    assert Signals.keys(facts_of(song, signals=quick(), sha256="b" * 64))["separation"] != first["separation"]


def test_curves_lie_at_the_same_seconds_at_another_frame_rate(song):
    slow, fast = (stages_of(song, fps=fps, signals=quick("on-time")) for fps in ("24", "48"))
    for name, array in (("drums", "mix"), ("swell", "r")):
        assert np.corrcoef(slow[name][array], fast[name][array][::2])[0, 1] > 0.95
    hits = [np.flatnonzero(np.diff(found["bends"]["drive"][:, 0]) > 0.2) for found in (slow, fast)]
    assert len(hits[0]) > 10
    near = [np.abs(hits[1] / 48 - hit / 24).min() for hit in hits[0]]
    assert np.median(near) < 0.05


def test_an_uploaded_stem_comes_before_ours_and_any_name_may_be_heard(song):
    tone = np.sin(np.arange(len(song.wave)) / 50).astype(np.float32) * np.linspace(0, 1, len(song.wave))
    brought = Song(song.wave, drums=tone.astype(np.float32), sitar=tone[::-1].astype(np.float32))
    made = stages_of(
        brought, signals=quick(swell={"source": "sitar", "chain": ["rms", {"do": "resample", "method": "exact"}]})
    )
    assert made["drums"]["mix"][240] == pytest.approx(0.5, abs=0.02)
    assert made["swell"]["r"][24] > 5 * made["swell"]["r"][450]


def test_a_stem_that_is_not_there_is_named(song):
    sitar = {"source": "sitar", "chain": ["rms", "resample"]}
    with pytest.raises(RenderError, match=r"no stem named “sitar”.+ mix, drums, bass, vocals, other"):
        stages_of(song, signals=quick(swell=sitar))


def test_mistakes_in_signals_are_sentences_about_the_parameter(song):
    newer = quick(version=2)
    with pytest.raises(RenderError, match="newer version of Phosphene") as refused:
        Signals.keys(facts_of(song, signals=newer))
    assert refused.value.field == "parameters.signals"
    with pytest.raises(RenderError, match="“onsett”"):
        Signals.keys(facts_of(song, signals=quick(mix={"source": "mix", "chain": ["onsett", "resample"]})))
    with pytest.raises(RenderError, match="no separator named “spleen”"):
        stages_of(song, separator="spleen")


SOUNDS = {
    "silence": np.zeros(3 * RATE),
    "constant": np.full(3 * RATE, 0.5),
    "steady tone": np.sin(np.arange(2 * RATE) / 20),
    "one second": music(20.0)[:RATE],
    "a moment": music(20.0)[:300],
    "one sample": np.ones(1),
}


@pytest.mark.parametrize("name", [*SIGNAL_SETS])
@pytest.mark.parametrize("sound", SOUNDS)
def test_every_sound_makes_a_plan_of_numbers(sound, name):
    made = stages_of(Song(SOUNDS[sound]), signals=quick(name))
    frames = len(made["drums"]["mix"])
    assert frames == -(-len(SOUNDS[sound]) * 24 // RATE)
    for stage, arrays in made.items():
        for array in arrays.values():
            assert array.dtype.kind == "U" or np.isfinite(array).all()
            assert stage in (*LISTENING, "segments") or len(array) in (frames, 12, len(made["bends"]["names"]))
    assert made["components"]["weights"].sum(axis=1) == pytest.approx(np.ones(frames), abs=1e-4)
    if sound == "silence":
        assert not made["drums"]["mix"].any()
        assert not made["bends"]["drive"].any()


def test_the_originals_three_versions_are_three_presets():
    """Trap 10: README, July and last commit stack the second set, turn and listen each in its own way."""
    presets = {
        preset.name: AudioReactive.read(preset.values)
        for preset in AudioReactive.presets
        if preset.name in ("faithful", "readme", "last-commit")
    }
    told = {
        name: (read.saw, read.order, read.other_rows, read.signals.weights.source, read.signals.weights.chain[0].do)
        for name, read in presets.items()
    }
    assert told == {
        "faithful": ("shipped", "parts-first", 2, "mix", "decompose"),
        "readme": ("once", "parts-first", 2, "mix", "decompose"),
        "last-commit": ("shipped", "second-first", 1, "other", "chroma"),
    }
    assert {read.valleys_from for read in presets.values()} == {"one"}
    assert {read.slerp for read in presets.values()} == {"shipped"}
    assert {read.change for read in presets.values()} == {"cut"}


def test_plots_are_curves_of_every_frame_within_their_axes(july):
    found = {plot.name: plot for plot in reactive_signals(july)}
    assert list(found)[:4] == ["energy", "tempo_from", "tempo_to", "tempo_share"]
    assert list(found)[-3:] == ["drive:drums", "drive:bass", "drive:melody"]
    for plot in found.values():
        assert len(plot.values) == 480
        assert plot.low < plot.high
        assert plot.low - 1e-9 <= plot.values.min() <= plot.values.max() <= plot.high + 1e-9
    assert (found["weights"].values == july["components"]["weights"]).all()
    assert (found["drive:bass"].values == july["bends"]["drive"][:, 1]).all()


def test_stems_can_be_listened_to(song, july, tmp_path):
    files = write_stems(song.wave / 2, song.rate, july["separation"], tmp_path)
    assert [path.name for path in files] == ["drums.flac", "bass.flac", "vocals.flac", "other.flac"]
    waves = [soundfile.read(path) for path in files]
    assert {rate for _, rate in waves} == {RATE}
    assert np.abs(sum(wave for wave, _ in waves) - song.wave / 2).max() < 1e-5


def test_chosen_seeds_take_the_place_of_drawn_ones(song):
    made = stages_of(song, signals=quick(), segment_seeds=[7, 9], component_seeds=[1, 2, 3])
    assert set(made["segments"]["tempo_seeds"]) == {7, 9}
    assert made["components"]["seeds"].tolist() == [1, 2, 3] * 4
    assert JULY.counted_at == 24
