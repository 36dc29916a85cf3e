"""One decode, one time zero: a click is where it was made, in every format; and no file is trusted (F28)."""

import contextlib
import resource
import time
from pathlib import Path

import numpy as np
import pytest

from gpu_service.music.analysis import analyse
from gpu_service.music.decode import concatenate, decode
from gpu_service.music.errors import MusicError
from gpu_service.music.peaks import find_peaks, load_peaks, save_peaks
from gpu_service.music.proxy import write_proxy
from gpu_service.music.sound import Sound
from tests.gpu_service.music.signals import FORMATS, click, encode, wav_bytes

CLOSE = 0.005


def first_hit(samples: np.ndarray, rate: int) -> float:
    """When the sound first reaches half of its peak, seconds."""
    level = np.abs(samples).max(axis=1)
    return int(np.argmax(level > level.max() / 2)) / rate


def float_wav(samples: np.ndarray, path: Path, **lies: int) -> Path:
    path.write_bytes(wav_bytes(samples.astype("<f4").tobytes(), tag=3, bits=32, **lies))
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_a_click_at_one_second_is_heard_seen_and_analysed_there(name: str, tmp_path: Path):
    file = encode(click(), tmp_path / name, FORMATS[name])
    sound = decode(file, pcm_path=tmp_path / "a.pcm")
    assert sound.duration_seconds == pytest.approx(3.0, abs=0.001)
    assert first_hit(sound.samples(), sound.sample_rate) == pytest.approx(1.0, abs=CLOSE)

    save_peaks(find_peaks(sound), tmp_path / "peaks.bin")
    finest = load_peaks(tmp_path / "peaks.bin").levels[64]
    pixel = int(np.argmax(finest[:, 1] > finest[:, 1].max() // 2))
    assert pixel * 64 / sound.sample_rate == pytest.approx(1.0, abs=CLOSE)

    write_proxy(sound, tmp_path / "proxy.m4a")
    proxy = decode(tmp_path / "proxy.m4a", pcm_path=tmp_path / "proxy.pcm")
    assert first_hit(proxy.samples(), proxy.sample_rate) == pytest.approx(1.0, abs=CLOSE)
    assert proxy.duration_seconds == pytest.approx(sound.duration_seconds, abs=CLOSE)

    onsets = analyse(sound)
    strongest = onsets.onset_times[np.argmax(onsets.onset_strengths)]
    assert strongest == pytest.approx(1.0, abs=CLOSE)


@pytest.mark.parametrize(("rate", "kept"), [(8000, 8000), (12_345, 12_345), (96_000, 48_000), (176_400, 44_100)])
def test_a_click_stays_where_it_is_at_any_rate(rate: int, kept: int, tmp_path: Path):
    file = encode(click(rate=rate), tmp_path / "a.wav", ["-c:a", "pcm_s16le"], rate=rate)
    sound = decode(file, pcm_path=tmp_path / "a.pcm")
    write_proxy(sound, tmp_path / "proxy.m4a")
    proxy = decode(tmp_path / "proxy.m4a", pcm_path=tmp_path / "proxy.pcm")
    assert sound.sample_rate == kept
    for heard in (sound, proxy):
        assert first_hit(heard.samples(), heard.sample_rate) == pytest.approx(1.0, abs=CLOSE)


def test_lossless_formats_keep_every_sample(tmp_path: Path):
    made = np.round(np.random.default_rng(1).uniform(-0.9, 0.9, (20_000, 2)) * 32768) / 32768
    for name in ("16-bit.wav", "lossless.flac", "alac.m4a", "16-bit.aiff"):
        sound = decode(encode(made, tmp_path / name, FORMATS[name]), pcm_path=tmp_path / "a.pcm")
        assert np.array_equal(sound.samples(), made.astype(np.float32)), name


def test_more_than_two_channels_are_mixed_to_two_and_told(tmp_path: Path):
    file = encode(np.tile(click(), (1, 3)), tmp_path / "a.wav", ["-c:a", "pcm_s16le"])
    sound = decode(file, pcm_path=tmp_path / "a.pcm")
    assert sound.channels == 2
    assert sound.warnings == ("“a.wav” has 6 channels. They were mixed to two.",)


def test_samples_that_are_not_numbers_become_silence_and_are_told(tmp_path: Path):
    samples = click()[:, 0]
    samples[100:110], samples[200] = np.nan, -np.inf
    sound = decode(float_wav(samples, tmp_path / "a.wav"), pcm_path=tmp_path / "a.pcm")
    assert np.isfinite(sound.samples()).all()
    assert not sound.samples()[100:110].any()
    assert sound.warnings == ("11 samples of “a.wav” are not numbers. They were replaced by silence.",)


def test_a_file_of_nothing_but_nan_is_refused(tmp_path: Path):
    file = float_wav(np.full(5000, np.nan), tmp_path / "a.wav")
    with pytest.raises(MusicError, match="none of its samples is a number"):
        decode(file, pcm_path=tmp_path / "a.pcm")
    assert not (tmp_path / "a.pcm").exists()


def test_absurdly_loud_samples_are_turned_down(tmp_path: Path):
    samples = click()[:, 0]
    samples[10] = 1e38
    sound = decode(float_wav(samples, tmp_path / "a.wav"), pcm_path=tmp_path / "a.pcm")
    assert sound.peak == 16.0
    assert "absurdly loud" in sound.warnings[0]


def test_a_header_that_claims_four_gigabytes_yields_what_is_there(tmp_path: Path):
    data = (click()[:, 0] * 32767).astype("<i2").tobytes()
    file = tmp_path / "a.wav"
    file.write_bytes(wav_bytes(data, claims=0xFFFFFFF0))
    assert decode(file, pcm_path=tmp_path / "a.pcm").duration_seconds == pytest.approx(3.0)


@pytest.mark.parametrize("lie", [{"channels": 0}, {"bits": 0}, {"rate": 0}, {"rate": 4_000_000_000}, {"tag": 0x7FFF}])
def test_an_impossible_header_is_refused_in_words(lie: dict[str, int], tmp_path: Path):
    file = tmp_path / "a.wav"
    file.write_bytes(wav_bytes(b"\1\2" * 9000, **lie))
    with pytest.raises(MusicError, match=r"“a.wav” starts as WAV, but no sound could be read"):
        decode(file, pcm_path=tmp_path / "a.pcm")
    assert not (tmp_path / "a.pcm").exists()


@pytest.mark.parametrize(
    "name", ["constant.mp3", "lossless.flac", "vorbis.ogg", "low.opus", "16-bit.aiff", "16-bit.wav"]
)
def test_a_file_cut_in_the_middle_gives_its_beginning(name: str, tmp_path: Path):
    noise = np.random.default_rng(6).standard_normal((3 * 44_100, 2)) * 0.1
    file = encode(noise, tmp_path / name, FORMATS[name])
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert 0.9 < decode(file, pcm_path=tmp_path / "a.pcm").duration_seconds < 2.0


def test_a_file_that_ends_early_is_told(tmp_path: Path):
    noise = np.random.default_rng(6).standard_normal((70 * 44_100, 1)) * 0.1
    file = encode(noise, tmp_path / "a.flac", [])
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 10])
    (warning,) = decode(file, pcm_path=tmp_path / "a.pcm").warnings
    assert warning.startswith("“a.flac” promises 1:10, but only 0:0")


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_cut_within_its_header_is_refused_in_words(name: str, tmp_path: Path):
    file = encode(click(), tmp_path / name, FORMATS[name])
    file.write_bytes(file.read_bytes()[:20])
    with pytest.raises(MusicError, match=f"“{name}”"):
        decode(file, pcm_path=tmp_path / "a.pcm")


def test_a_day_at_192_khz_is_refused_without_being_read(tmp_path: Path):
    size = 24 * 3600 * 192_000 * 8
    sizes = b"".join(value.to_bytes(8, "little") for value in (size + 72, size, size // 8)) + bytes(4)
    head = wav_bytes(b"", channels=2, rate=192_000, bits=32, claims=0xFFFFFFFF)
    file = tmp_path / "a.wav"
    file.write_bytes(b"RF64\xff\xff\xff\xffWAVEds64" + len(sizes).to_bytes(4, "little") + sizes + head[12:])
    with file.open("r+b") as sparse:
        sparse.truncate(size + 80)
    started = time.monotonic()
    with pytest.raises(MusicError, match=r"“a\.wav” is longer than 6 hours"):
        decode(file, pcm_path=tmp_path / "a.pcm")
    assert time.monotonic() - started < 20


def test_decoding_and_encoding_stop_when_their_progress_says_so(tmp_path: Path):
    file = encode(click(), tmp_path / "a.flac", [])

    def cancel(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        decode(file, pcm_path=tmp_path / "a.pcm", progress=cancel)
    sound = decode(file, pcm_path=tmp_path / "b.pcm")
    with pytest.raises(KeyboardInterrupt):
        write_proxy(sound, tmp_path / "proxy.m4a", progress=cancel)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.flac", "b.pcm"]


def test_a_proxy_that_cannot_be_written_is_a_sentence(tmp_path: Path):
    sound = decode(encode(click(), tmp_path / "a.flac", []), pcm_path=tmp_path / "a.pcm")
    with pytest.raises(MusicError, match=r"The playback copy could not be made: .*No such file") as failed:
        write_proxy(sound, tmp_path / "nowhere" / "proxy.m4a")
    assert failed.value.retry


def test_too_long_a_track_is_refused_before_it_is_unpacked(tmp_path: Path):
    file = encode(click(seconds=4), tmp_path / "a.flac", [])
    with pytest.raises(MusicError, match=r"“a.flac” is longer than 0.001 hours"):
        decode(file, pcm_path=tmp_path / "a.pcm", max_seconds=3.6)
    assert not (tmp_path / "a.pcm").exists()


def test_a_track_that_hides_its_length_is_stopped_at_the_limit(tmp_path: Path):
    data = np.zeros(44_100 * 5, "<i2").tobytes()
    file = tmp_path / "a.wav"
    file.write_bytes(wav_bytes(data, claims=100))
    assert decode(file, pcm_path=tmp_path / "a.pcm", max_seconds=3.6).duration_seconds < 0.01


def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path: Path):
    file = encode(click(), tmp_path / "a.flac", [])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(MusicError, match=r"“a.flac” could not be unpacked: .* Free space") as failed:
            decode(file, pcm_path=tmp_path / "a.pcm")
        assert failed.value.retry
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not (tmp_path / "a.pcm").exists()


def test_several_files_become_one_track_at_the_first_ones_rate(tmp_path: Path):
    first = encode(click(seconds=2), tmp_path / "a.wav", [])
    second = encode(click(seconds=2, rate=22_050)[:, :1], tmp_path / "b.flac", [], rate=22_050)
    sound = concatenate([first, second], pcm_path=tmp_path / "both.pcm")
    assert (sound.sample_rate, sound.channels) == (44_100, 2)
    assert sound.duration_seconds == pytest.approx(4.0, abs=0.001)
    later = sound.samples()[2 * 44_100 :]
    assert first_hit(later, 44_100) == pytest.approx(1.0, abs=CLOSE)
    assert sorted(path.name for path in tmp_path.glob("*.p*")) == ["both.pcm"]


def test_mono_at_another_rate_keeps_its_length(tmp_path: Path):
    made = Sound(tmp_path / "x.pcm", 44_100, 2, 100_000, 1.0, "pcm", "WAV")
    made.pcm_path.write_bytes(np.zeros((100_000, 2), "<f4").tobytes())
    assert len(made.mono(sample_rate=22_050)) == 50_000


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_bytes_give_finite_sound_or_a_sentence(name: str, tmp_path: Path):
    rng = np.random.default_rng(len(name))
    file = encode(rng.standard_normal((22_050, 2)) * 0.1, tmp_path / name, FORMATS[name])
    whole = np.frombuffer(file.read_bytes(), np.uint8)
    for reach in (200, len(whole)):
        broken = whole.copy()
        broken[rng.integers(0, reach, 5)] = rng.integers(0, 256, 5)
        file.write_bytes(broken.tobytes())
        with contextlib.suppress(MusicError):
            sound = decode(file, pcm_path=tmp_path / "a.pcm")
            assert np.isfinite(sound.samples()).all()
            assert 0 < sound.duration_seconds < 60
