"""`curves`: GANce's signals to the number, worked out here from its formulas; and every other signal by its name."""

import wave
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d
from scipy.signal import savgol_filter

FPS, V = 30, 512
RATE = FPS * V  # so that each frame owns V samples and nothing is resampled


def write_song(path: Path, *, seconds: float = 2.5, level: float = 1.0) -> np.ndarray:
    """Noise under a tone, both swelling. -> the samples as a reader gets them, float32"""
    count = round(seconds * RATE)
    chance, times = np.random.default_rng(4), np.arange(count) / RATE
    swell = level * (0.2 + 0.6 * np.abs(np.sin(2 * np.pi * times)))
    sound = swell * (0.5 * np.sin(2 * np.pi * 330 * times) + 0.1 * chance.standard_normal(count))
    whole = np.clip(sound * 32767, -32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(whole.tobytes())
    return whole.astype(np.float32) / 32768


def by_the_formulas(samples: np.ndarray, *, seed: int) -> dict[str, np.ndarray]:
    """GANce's specification, §2.1 to §2.5."""
    frames = -(-len(samples) // V)
    x = np.zeros(frames * V)
    x[: len(samples)] = samples
    x = x.reshape(frames, V)
    window = V - 2
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    magnitude = np.abs(np.fft.fft(x[:, :window] * hann))[:, : window // 2]
    decibels = 20 * np.log10(np.maximum(magnitude / magnitude.max(), 1e-6))
    wide = np.fft.irfft(np.pad(np.fft.rfft(decibels), ((0, 0), (0, V // 2 + 1 - 128))), V) * (V / (window // 2))
    scaled = -1 + 2 * (wide - wide.min()) / np.ptp(wide)
    spectrum = savgol_filter(savgol_filter(scaled, 7, 3, axis=0), 5, 3, axis=1)
    rms = np.sqrt((x**2).mean(axis=1))
    trailing = np.array([rms.mean()] * 2 + [rms[n - 2 : n + 1].mean() for n in range(2, frames)])
    loudness = savgol_filter(trailing, 7, 3)
    roll = np.cumsum(np.round(2 * (loudness - loudness.min()) / np.ptp(loudness)))
    normal = np.random.default_rng(seed).standard_normal((frames, V)).astype(np.float32)
    noise = gaussian_filter1d(normal, 50, axis=0, mode="wrap")
    noise = -4 + 8 * (noise - noise.min()) / np.ptp(noise)
    return {"spectrum": spectrum, "loudness": loudness, "roll": roll, "noise": noise}


def curves(run, tmp_path: Path, *words: object) -> dict[str, np.ndarray]:
    out = tmp_path / "curves.npz"
    code, told, err = run("curves", *words, "--out", out)
    assert (code, err) == (0, "")
    with np.load(out) as file:
        found = {name: file[name] for name in file.files}
    assert all(name in told for name in found)
    return found


def test_gances_signals_are_those_of_its_formulas(run, tmp_path):
    samples = write_song(tmp_path / "song.wav")
    found = curves(run, tmp_path, tmp_path / "song.wav", "--visualizer", "noise-blend", "--fps", FPS, "--seed", 1)
    for name, wanted in by_the_formulas(samples, seed=1).items():
        assert found[name].shape == wanted.shape
        assert found[name] == pytest.approx(wanted, abs=2e-4), name
    assert found["clock"].shape == found["onsets"].shape == (75,)


def test_vectors_are_as_long_as_the_snapshots(run, little, tmp_path):
    write_song(tmp_path / "song.wav", seconds=0.5)
    found = curves(run, tmp_path, tmp_path / "song.wav", "--snapshot", little.snapshots[0], "--fps", 10)
    assert found["spectrum"].shape == (5, 512)


def test_silence_and_a_short_song_have_finite_signals(run, tmp_path):
    write_song(tmp_path / "song.wav", seconds=1.0, level=0.0)
    found = curves(run, tmp_path, tmp_path / "song.wav", "--fps", FPS)
    assert all(np.isfinite(values).all() for values in found.values())
    assert not found["loudness"].any()
    assert not found["roll"].any()
    assert np.ptp(found["spectrum"]) < 1e-6


def test_routes_of_a_scene_file_are_signals_too(run, tmp_path):
    write_song(tmp_path / "song.wav", seconds=1.0)
    snapshot = tmp_path / "none"
    scene = tmp_path / "scene.yaml"
    scene.write_text(
        "format: phosphene scene\nvisualizer: noise-blend\nfps: '10'\ntracks: [{file: song.wav}]\n"
        f"snapshots: [{{file: {snapshot}.safetensors}}]\n"
        "routes:\n"
        "- {id: a, parameter: truncation, source: {kind: lfo, wave: saw, period: 1, unit: seconds}, amount: 0.8}\n"
    )
    from gpu_service.networks.cppn import make_family
    from gpu_service.snapshots.store import write

    write(make_family("smoke", seed=3, complexities=(0.5,))[0], snapshot.with_suffix(".safetensors"))
    found = curves(run, tmp_path, "--scene", scene)
    assert found["route:a"] == pytest.approx(np.arange(10) / 10, abs=1e-6)
    assert found["value:truncation"] == pytest.approx(np.minimum(1 + 1.6 * np.arange(10) / 10, 2), abs=1e-6)
    assert found["clamped:truncation"].tolist() == [0] * 7 + [1] * 3
