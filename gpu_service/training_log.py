"""What a run said, from its file to the studio: every line once and in order, however often the studio is away.

The file is only ever added to; how far the studio has it stands beside it, so that a killed service goes on there.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from gpu_service.protocol import Made, Report
from gpu_service.whole_files import write_whole

CURSORS = TOLD, HANDED_IN = ("told.txt", "handed-in.txt")
_reports: TypeAdapter[Report] = TypeAdapter(Report)


class TrainingLog:
    """One reader of stats.jsonl. `cursor` names the file in which its place is kept."""

    def __init__(self, path: Path, *, cursor: str) -> None:
        self.path, self.cursor_path = path, path.with_name(cursor)
        self._place = self._kept_place()

    def waiting(self, *, made: bool, most: int) -> list[tuple[Report, int]]:
        """The next reports, snapshots or all others, and the place behind each. A line half written waits."""
        found: list[tuple[Report, int]] = []
        for line, place in self._lines():
            with contextlib.suppress(ValidationError):
                report = _reports.validate_json(line)
                if isinstance(report, Made) == made:
                    found.append((report, place))
            if len(found) == most:
                break
        return found

    def done_until(self, place: int) -> None:
        """The studio has everything before that place."""
        self._place = place
        write_whole(self.cursor_path, str(place))

    def skip(self) -> None:
        """Nothing of what stands there now is for the studio."""
        if self.path.exists():
            self.done_until(self.path.stat().st_size)

    def _lines(self) -> Iterator[tuple[bytes, int]]:
        with contextlib.suppress(FileNotFoundError), self.path.open("rb") as file:
            file.seek(self._place)
            while (line := file.readline()).endswith(b"\n"):
                yield line, file.tell()

    def _kept_place(self) -> int:
        with contextlib.suppress(OSError, ValueError):
            place = int(self.cursor_path.read_text(encoding="ascii"))
            return place if place <= self.path.stat().st_size else 0
        return 0
