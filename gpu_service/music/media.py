"""What a file really is, by its first bytes: never by its name, and never by letting ffmpeg guess."""

import re
from dataclasses import dataclass
from pathlib import Path

from gpu_service.music.errors import MusicError
from gpu_service.music.ffmpeg import PROBE_SECONDS, find_ffmpeg, read_from, run
from gpu_service.music.mp3 import starts_like_mp3

__all__ = ["Kind", "Media", "choose_sentence", "find_ffmpeg", "probe", "sniff"]

ACCEPTED = "WAV, MP3, FLAC, OGG, Opus, M4A or AIFF"
HEAD_BYTES = 64 * 1024
PLAYLIST_STARTS = (b"#EXTM3U", b"ffconcat", b"[playlist]", b"v=0", b"SDP", b"[Reference]", b"<asx", b"<smil")
OGG_CODECS = {
    b"\x01vorbis": "OGG Vorbis",
    b"OpusHead": "Opus",
    b"\x7fFLAC": "FLAC",
    b"Speex   ": "OGG Speex",
}


@dataclass(frozen=True)
class Kind:
    """A file format: the name for people, and the demuxer that ffmpeg is forced to."""

    name: str
    demuxer: str


@dataclass(frozen=True)
class Media:
    """What ffmpeg reads in the header. It may lie; only decoded samples are the truth."""

    kind: Kind
    codec: str
    sample_rate: int
    channels: int
    header_seconds: float | None
    bit_rate: int | None


def choose_sentence(path: Path, what: str) -> str:
    return f"“{path.name}” {what}. Choose a {ACCEPTED} file."


def sniff(path: Path) -> Kind:
    """The format of a sound file. Raises MusicError with a sentence when it is none that we take."""
    head, size = _head(path)
    if size == 0:
        raise MusicError(choose_sentence(path, "is empty"))
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(PLAYLIST_STARTS):
        raise MusicError(choose_sentence(path, "is a playlist, a text that points to sound, not sound"))
    kind = _kind_of(head, path)
    if kind is None:
        what = "is text, not sound" if _is_text(head) else "is not a sound file that Phosphene knows"
        raise MusicError(choose_sentence(path, what))
    return kind


def _head(path: Path) -> tuple[bytes, int]:
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES), path.stat().st_size
    except OSError as error:
        raise MusicError(f"“{path.name}” could not be opened: {error.strerror}.", retry=True) from error


def _kind_of(head: bytes, path: Path) -> Kind | None:
    if head[:4] in (b"RIFF", b"RF64", b"BW64", b"RIFX") and head[8:12] == b"WAVE":
        return Kind("WAV", "wav")
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return Kind("AIFF", "aiff")
    if head[:4] == b"OggS":
        return _ogg_kind(head, path)
    if head[4:8] == b"ftyp":
        return Kind("M4A", "mov")
    with path.open("rb") as file:
        body_at = _after_id3(head)
        file.seek(body_at)
        body = file.read(HEAD_BYTES)
    if body[:4] == b"fLaC":
        return Kind("FLAC", "flac")
    return Kind("MP3", "mp3") if starts_like_mp3(body, tagged=body_at > 0) else None


def _after_id3(head: bytes) -> int:
    """Where the sound starts behind an ID3v2 tag (pictures make it megabytes long); 0 without one."""
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return size + (20 if head[5] & 0x10 else 10)


def _ogg_kind(head: bytes, path: Path) -> Kind:
    for mark, name in OGG_CODECS.items():
        if mark in head[:512]:
            return Kind(name, "ogg")
    raise MusicError(choose_sentence(path, "is an OGG file without a sound that Phosphene knows"))


def _is_text(head: bytes) -> bool:
    sample = head[:4096]
    if b"\0" in sample:
        return False
    control = sum(byte < 9 or 13 < byte < 32 for byte in sample)
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        # A character cut at the end of the sample is no sign against text.
        if error.start < len(sample) - 4:
            return False
    return control <= len(sample) // 100


def probe(path: Path) -> Media:
    """Sniff, then ask ffmpeg for codec, rate and channels. Raises MusicError when there is no sound inside."""
    kind = sniff(path)
    asking = read_from(path, demuxer=kind.demuxer)["a:0?"].output("-", format="null", t=0)
    child = run(asking, limit_seconds=PROBE_SECONDS)
    if child.ran_out_of_time:
        raise MusicError(f"“{path.name}” took too long to open and was put aside.", retry=True) from TimeoutError()
    said = "\n".join(child.facts)
    # Only whole lines of ffmpeg's own count: a title can say "Stream #0:0: Audio" too.
    stream = re.search(r"^  Stream #0:\d+.*?: Audio: (\w+).*?, (\d+) Hz, ([^,]+)", said, re.MULTILINE)
    if stream is None:
        if "Video:" in said:
            raise MusicError(choose_sentence(path, "holds pictures and no sound"))
        raise MusicError(damaged(path, kind))
    duration = re.search(r"^  Duration: (\d+):(\d\d):(\d\d\.\d+)", said, re.MULTILINE)
    rate = re.search(r", (\d+) kb/s", stream.string[stream.start() :].partition("\n")[0])
    hours, minutes, seconds = duration.groups() if duration else ("", "", "")
    return Media(
        kind=kind,
        codec=stream[1],
        sample_rate=int(stream[2]),
        channels=_channel_count(stream[3]),
        header_seconds=int(hours) * 3600 + int(minutes) * 60 + float(seconds) if duration else None,
        bit_rate=int(rate[1]) * 1000 if rate else None,
    )


def damaged(path: Path, kind: Kind) -> str:
    return (
        f"“{path.name}” starts as {kind.name}, but no sound could be read from it: it is damaged or cut off. "
        "Save it again from the program that made it."
    )


def _channel_count(layout: str) -> int:
    """ffmpeg's words for a channel layout, such as stereo, 5.1(side), 3 channels -> how many."""
    named = {"mono": 1, "stereo": 2, "downmix": 2, "quad": 4, "hexagonal": 6, "octagonal": 8}
    word = layout.split("(")[0].strip()
    if counted := re.match(r"(\d+) channels", word):
        return int(counted[1])
    if surround := re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", word):
        return sum(int(part) for part in surround.groups(default="0"))
    return named.get(word, 2)
