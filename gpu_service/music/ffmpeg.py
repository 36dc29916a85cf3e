"""ffmpeg as a well-guarded child: no network, limits of time and memory, its last words kept.

ffmpeg-python builds the argument lists: `read_from(path, …)["a"].output("pipe:1", …)` is handed to `running`.
"""

import contextlib
import re
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO

import ffmpeg
from ffmpeg.nodes import FilterableStream, OutputStream

from gpu_service.music.errors import MusicError

try:
    import resource
except ImportError:  # Windows has no limits to set.
    resource = None  # type: ignore[assignment]

MEMORY_BYTES = 2 * 1024**3
PROBE_SECONDS = 60.0
KEPT_LINES, LONGEST_LINE = 100, 2000
# What a file holds; its lyrics may push thousands of lines in between.
FACTS = re.compile(r"  (Stream #|Duration:)")


@lru_cache(maxsize=1)
def find_ffmpeg() -> str:
    """The system's ffmpeg, else the one that the package imageio-ffmpeg brings."""
    found = shutil.which("ffmpeg")
    if found:
        return found
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        sentence = "ffmpeg was not found. Install ffmpeg, or the Python package imageio-ffmpeg."
        raise MusicError(sentence, retry=True) from FileNotFoundError(str(error))


def read_from(path: Path, *, demuxer: str) -> FilterableStream:
    """A local file, opened as exactly this format: a playlist in disguise reaches nothing."""
    # Else it looks for more chunks behind the sound of a WAV, for minutes when gigabytes of zeros follow.
    forward = {"seekable": 0} if demuxer == "wav" else {}
    return ffmpeg.input(
        f"file:{path.resolve()}",
        format=demuxer,
        protocol_whitelist="file,pipe",
        format_whitelist=demuxer,
        threads=1,
        **forward,
    )


class Child:
    """A running ffmpeg. `stdout` holds what it writes, `last_words` the end of what it said on standard error.

    `facts` are the lines about length and streams, those of the input first.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.facts: list[str] = []
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        self.ran_out_of_time = False

    @property
    def stdout(self) -> IO[bytes]:
        assert self.process.stdout is not None
        return self.process.stdout

    @property
    def stdin(self) -> IO[bytes]:
        assert self.process.stdin is not None
        return self.process.stdin

    @property
    def last_words(self) -> str:
        return "\n".join(self.lines)

    def listen(self) -> None:
        """Keep reading standard error, so that a chatty ffmpeg never stands still on a full pipe."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            text = line[:LONGEST_LINE].decode("utf-8", "replace").rstrip()
            self.lines.append(text)
            if FACTS.match(text) and len(self.facts) < KEPT_LINES:
                self.facts.append(text)

    def end(self) -> None:
        self.ran_out_of_time = True
        self.process.kill()


@contextlib.contextmanager
def running(
    output: OutputStream, *, limit_seconds: float, memory_bytes: int = MEMORY_BYTES, feed: bool = False
) -> Iterator[Child]:
    """Run ffmpeg beside the caller; on leaving it has ended, whatever happened. Exceeded time kills it."""
    quiet = output.global_args("-hide_banner", "-nostats", *([] if feed else ["-nostdin"]))
    command = quiet.compile(cmd=find_ffmpeg())
    stdin = subprocess.PIPE if feed else subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    child = Child(process)
    _limit_memory(process.pid, memory_bytes)
    listener = threading.Thread(target=child.listen, daemon=True)
    listener.start()
    alarm = threading.Timer(limit_seconds, child.end)
    alarm.daemon = True
    alarm.start()
    try:
        yield child
        child.stdout.read()
        process.wait()
    finally:
        alarm.cancel()
        if process.poll() is None:
            process.kill()
        process.wait()
        listener.join(timeout=5)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def run(output: OutputStream, *, limit_seconds: float) -> Child:
    """Run ffmpeg to its end and hand back the finished child."""
    with running(output, limit_seconds=limit_seconds) as child:
        pass
    return child


def _limit_memory(pid: int, memory_bytes: int) -> None:
    # Set from outside: code between fork and exec is not safe in a process with threads.
    if resource is not None and hasattr(resource, "prlimit"):
        with contextlib.suppress(ProcessLookupError, PermissionError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_AS, (memory_bytes, memory_bytes))
