"""A running ffmpeg whose pictures come as JPEGs, each with its length before it; only the newest is kept."""

import contextlib
import io
import subprocess
import threading
from typing import IO

from PIL import Image

from capture_agent.cameras.base import Photo, local_now
from capture_agent.errors import CameraError, CameraLost
from capture_agent.protocol import EffectiveSettings

FIRST_SECONDS = 15.0
NEXT_SECONDS = 10.0
LARGEST_BYTES = 64 * 1024**2


class MjpegStream:
    """Starts the command with ffmpeg's multipart output added. Raises CameraError when no first picture comes."""

    def __init__(self, command: list[str]) -> None:
        quiet = [command[0], "-hide_banner", "-loglevel", "error", "-nostdin", *command[1:]]
        self._process = subprocess.Popen(
            [*quiet, "-f", "mpjpeg", "pipe:1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self._arrived = threading.Condition()
        self._newest: Photo | None = None
        self._count = 0
        self._complaint = ""
        threading.Thread(target=self._read, name="camera", daemon=True).start()
        self._listener = threading.Thread(target=self._listen, name="camera-complaints", daemon=True)
        self._listener.start()
        try:
            self._wait_for(1, FIRST_SECONDS)
        except CameraError:
            self.close()
            raise

    def newest(self) -> Photo:
        """The last picture that came; waits for none."""
        if self._process.poll() is not None:
            raise self._gone()
        assert self._newest is not None
        return self._newest

    def next(self) -> Photo:
        """The second picture to come from now on: the first may have been exposed before."""
        return self._wait_for(self._count + 2, NEXT_SECONDS)

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait_for(self, count: int, seconds: float) -> Photo:
        with self._arrived:
            is_there = self._arrived.wait_for(lambda: self._count >= count or self._is_over, seconds)
            if not is_there or self._count < count or self._newest is None:
                raise self._gone()
            return self._newest

    @property
    def _is_over(self) -> bool:
        return self._process.poll() is not None

    def _gone(self) -> CameraError:
        kind = CameraLost if self._count else CameraError
        if self._is_over:  # its last words may still be on their way
            self._listener.join(2)
        reason = f": {self._complaint}" if self._complaint else ""
        return kind(f"The camera gives no pictures{reason}.")

    def _read(self) -> None:
        output = self._process.stdout
        assert output is not None
        with contextlib.suppress(OSError, ValueError):
            while (jpeg := read_part(output)) is not None:
                photo = Photo(jpeg, local_now(), EffectiveSettings(resolution=_size(jpeg)))
                with self._arrived:
                    self._newest, self._count = photo, self._count + 1
                    self._arrived.notify_all()
        self._process.wait()
        with self._arrived:
            self._arrived.notify_all()

    def _listen(self) -> None:
        """The last line that ffmpeg complained with, for the sentence."""
        complaints = self._process.stderr
        assert complaints is not None
        for line in complaints:
            text = line.decode(errors="replace").strip()
            if text:
                self._complaint = text[-200:].rstrip(".")


def read_part(stream: IO[bytes]) -> bytes | None:
    """The next JPEG of a multipart stream, or None at its end. Raises ValueError for a part without a sane length."""
    length = 0
    while line := stream.readline(1000):
        text = line.strip().lower()
        if text.startswith(b"content-length:"):
            length = int(text.split(b":", 1)[1])
        elif not text and length:
            if length > LARGEST_BYTES:
                raise ValueError("a part too long")
            jpeg = stream.read(length)
            return jpeg if len(jpeg) == length else None
    return None


def _size(jpeg: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(jpeg)) as picture:
        return picture.size
