"""What a file is, by its bytes; and nothing in it can make ffmpeg look elsewhere (F27)."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import ffmpeg
import numpy as np
import pytest

from gpu_service.music.decode import decode
from gpu_service.music.errors import MusicError
from gpu_service.music.ffmpeg import read_from, run, running
from gpu_service.music.media import probe, sniff
from tests.gpu_service.music.signals import FORMATS, click, encode, wav_bytes

EXPECTED = {"wav": "WAV", "mp3": "MP3", "flac": "FLAC", "ogg": "OGG Vorbis", "opus": "Opus", "m4a": "M4A"}
EXPECTED |= {"aiff": "AIFF", "aifc": "AIFF"}


class Canary:
    """A loopback listener that remembers whether anybody called."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(0.1)
        self.port = self.socket.getsockname()[1]
        self.calls = 0
        self.is_open = True
        self.thread = threading.Thread(target=self._listen)
        self.thread.start()

    def _listen(self) -> None:
        while self.is_open:
            try:
                connection, _ = self.socket.accept()
            except TimeoutError:
                continue
            self.calls += 1
            connection.close()

    def close(self) -> None:
        self.is_open = False
        self.thread.join()
        self.socket.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    listener = Canary()
    yield listener
    listener.close()


def playlists(port: int, secret: Path) -> dict[str, str]:
    url = f"http://127.0.0.1:{port}/a.ts"
    return {
        "m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{url}\n#EXTINF:10,\n{secret}\n#EXT-X-ENDLIST\n",
        "ffconcat": f"ffconcat version 1.0\nfile '{url}'\nfile '{secret}'\n",
        "concat": f"file '{url}'\nfile '{secret}'\n",
        "sdp": f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0\n",
        "pls": f"[playlist]\nFile1={url}\nNumberOfEntries=1\n",
        "xspf": f'<?xml version="1.0"?><playlist><track><location>{url}</location></track></playlist>',
    }


@pytest.mark.parametrize("name", FORMATS)
def test_every_accepted_format_is_known_by_its_content_whatever_its_name(name: str, tmp_path: Path):
    file = encode(click(seconds=0.5, at_seconds=0.1), tmp_path / name, FORMATS[name])
    disguised = file.rename(tmp_path / "song.jpg")
    assert sniff(disguised).name == EXPECTED[name.rpartition(".")[2]]


def test_an_mp3_behind_a_large_cover_picture_is_known(tmp_path: Path):
    file = encode(
        click(seconds=0.5, at_seconds=0.1), tmp_path / "a.mp3", [*FORMATS["constant.mp3"], "-id3v2_version", "0"]
    )
    size = 300_000
    tag = b"ID3\x04\x00\x00" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + b"\xff\xd8" * (size // 2)
    file.write_bytes(tag + file.read_bytes())
    assert sniff(file).name == "MP3"


def test_text_named_mp3_is_refused_in_words(tmp_path: Path):
    file = tmp_path / "notes.mp3"
    file.write_text("Bring the cables.\nÜbung am Dienstag.\n" * 400)
    with pytest.raises(MusicError) as refused:
        sniff(file)
    assert str(refused.value) == (
        "“notes.mp3” is text, not sound. Choose a WAV, MP3, FLAC, OGG, Opus, M4A or AIFF file."
    )


def test_an_empty_file_is_refused(tmp_path: Path):
    file = tmp_path / "take one.wav"
    file.touch()
    with pytest.raises(MusicError, match=r"“take one.wav” is empty"):
        sniff(file)


def test_a_missing_file_is_a_sentence(tmp_path: Path):
    with pytest.raises(MusicError, match=r"“gone.wav” could not be opened"):
        sniff(tmp_path / "gone.wav")


@pytest.mark.parametrize(
    "head", [b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n\x00\x01", b"PK\x03\x04", b"\x00" * 64, b"MZ\x90\x00"]
)
def test_other_files_are_refused(head: bytes, tmp_path: Path):
    file = tmp_path / "song.mp3"
    file.write_bytes(head + np.random.default_rng(1).bytes(30_000))
    with pytest.raises(MusicError, match="is not a sound file that Phosphene knows"):
        sniff(file)


def test_no_random_bytes_pass_for_mp3(tmp_path: Path):
    file = tmp_path / "noise.mp3"
    for seed in range(30):
        file.write_bytes(b"\x01" + np.random.default_rng(seed).bytes(65_536))
        with pytest.raises(MusicError):
            sniff(file)


@pytest.mark.parametrize("ending", ["mp3", "wav", "m4a"])
@pytest.mark.parametrize("kind", playlists(0, Path()))
def test_a_playlist_in_disguise_is_refused_and_calls_nobody(kind: str, ending: str, canary: Canary, tmp_path: Path):
    file = tmp_path / f"song.{ending}"
    file.write_text(playlists(canary.port, tmp_path / "secret.wav")[kind])
    with pytest.raises(MusicError, match=r"is a playlist|is text"):
        decode(file, pcm_path=tmp_path / "a.pcm")
    assert canary.calls == 0


@pytest.mark.parametrize(
    "head", [b"ID3\x04\x00\x00\x00\x00\x00\x00", b"OggS", b"RIFF\xff\xff\0\0WAVE", b"\x00\x00\x00\x18ftypM4A "]
)
def test_a_playlist_behind_the_first_bytes_of_a_sound_calls_nobody(head: bytes, canary: Canary, tmp_path: Path):
    file = tmp_path / "song.mp3"
    file.write_bytes(head + playlists(canary.port, tmp_path / "secret.wav")["m3u8"].encode())
    with pytest.raises(MusicError):
        decode(file, pcm_path=tmp_path / "a.pcm")
    assert canary.calls == 0


@pytest.mark.parametrize(("demuxer", "kind"), [("hls", "m3u8"), ("concat", "ffconcat"), ("sdp", "sdp")])
def test_even_a_playlist_reader_reaches_no_network(demuxer: str, kind: str, canary: Canary, tmp_path: Path):
    file = tmp_path / "song.m3u8"
    file.write_text(playlists(canary.port, tmp_path / "secret.wav")[kind])
    run(read_from(file, demuxer=demuxer).output("-", format="null"), limit_seconds=10)
    assert canary.calls == 0


def test_a_film_without_sound_is_refused(tmp_path: Path):
    file = tmp_path / "silent.m4a"
    picture = ffmpeg.input("color=red:s=32x32:d=0.2", format="lavfi").output(str(file), vcodec="mpeg4", format="mp4")
    assert run(picture, limit_seconds=30).process.returncode == 0
    with pytest.raises(MusicError, match=r"“silent.m4a” holds pictures and no sound"):
        probe(file)


def test_a_name_that_looks_like_an_option_or_an_address_is_a_file(tmp_path: Path):
    for name in ("-i.wav", "http:x.wav", "a b%20c.wav"):
        file = tmp_path / name
        file.write_bytes(wav_bytes(np.zeros(8000, np.int16).tobytes()))
        assert probe(file).codec == "pcm_s16le"


def test_words_in_a_file_cannot_pass_for_what_ffmpeg_says_of_it(tmp_path: Path):
    lie = "  Stream #0:0: Audio: lies, 1 Hz, mono, 1 kb/s"
    lyrics = "\n".join([lie, *(f"line {i}" for i in range(2000)), lie])
    options = [*FORMATS["lossless.flac"], "-metadata", f"title={lie}", "-metadata", f"lyrics={lyrics}"]
    media = probe(encode(click(seconds=0.5, at_seconds=0.1), tmp_path / "a.flac", options))
    assert (media.codec, media.sample_rate, media.channels) == ("flac", 44_100, 2)
    assert media.header_seconds == 0.5


def test_a_child_that_takes_too_long_is_ended():
    forever = ffmpeg.input("sine=d=60", format="lavfi", re=None).output("-", format="null")
    child = run(forever, limit_seconds=0.5)
    assert child.ran_out_of_time
    assert child.process.poll() is not None


def test_a_child_has_a_limit_of_memory():
    huge = ffmpeg.input("color=red:s=8000x8000:d=1", format="lavfi").output("-", format="null")
    with running(huge, limit_seconds=30, memory_bytes=200 * 1024**2) as child:
        pass
    assert child.process.returncode != 0
