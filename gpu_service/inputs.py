"""Files of the studio, kept by their hash in a folder that does not grow beyond its size."""

import asyncio
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx

from gpu_service.client import StudioClient, pause_seconds
from gpu_service.errors import RenderError
from gpu_service.file_hash import file_sha256
from gpu_service.protocol import InputRef

PIECE_BYTES = 1 << 20
TRIES = 8
ShareReport = Callable[[float], None]


class InputCache:
    """One per service. Files in use are never thrown out."""

    def __init__(self, folder: Path, *, client: StudioClient, limit_bytes: int) -> None:
        self.folder, self.client, self.limit_bytes = folder, client, limit_bytes
        self._in_use: Counter[str] = Counter()
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def using(self, refs: Iterable[InputRef]) -> Iterator[None]:
        """Keep these files while the block runs."""
        names = [ref.sha256 for ref in refs]
        self._in_use.update(names)
        try:
            yield
        finally:
            self._in_use.subtract(names)

    async def paths(self, refs: Iterable[InputRef], *, report: ShareReport = lambda _share: None) -> dict[str, Path]:
        """Where each file lies, fetched if need be. `report` hears shares 0…1 of all bytes."""
        wanted = list({ref.sha256: ref for ref in refs}.values())
        total, before, paths = max(1, sum(ref.size for ref in wanted)), 0, {}
        for ref in wanted:
            got = partial(_tell_share, report, before=before, total=total)
            paths[ref.sha256] = await self._get(ref, report=got)
            before += ref.size
        await asyncio.to_thread(self._trim)
        return paths

    async def _get(self, ref: InputRef, *, report: Callable[[int], None]) -> Path:
        path = self.folder / ref.sha256[:2] / ref.sha256
        async with self._locks[ref.sha256]:
            if path.is_file() and path.stat().st_size == ref.size:
                os.utime(path)
                return path
            path.parent.mkdir(exist_ok=True)
            part = path.with_suffix(".part")
            try:
                await self._fetch(ref, part, report=report)
                if await asyncio.to_thread(file_sha256, part) != ref.sha256:
                    part.unlink()
                    raise RenderError(f"“{ref.name}” arrived damaged. It is fetched again.", retry=True)
            except OSError as error:
                sentence = f"“{ref.name}” could not be kept on the render service: {error.strerror}. Free space there."
                raise RenderError(sentence, retry=True) from error
            part.replace(path)
        return path

    async def _fetch(self, ref: InputRef, part: Path, *, report: Callable[[int], None]) -> None:
        """Into `part`, going on where an earlier try stopped."""
        for attempt in range(TRIES):
            have = part.stat().st_size if part.exists() else 0
            if have == ref.size:
                return
            if have > ref.size:
                part.unlink()
                have = 0
            headers = {"Range": f"bytes={have}-"} if have else {}
            try:
                async with self.client.stream(f"/service/inputs/{ref.sha256}", headers=headers) as response:
                    mode = "ab" if response.status_code == 206 else "wb"
                    with part.open(mode) as file:
                        async for piece in response.aiter_bytes(PIECE_BYTES):
                            file.write(piece)
                            report(file.tell())
                return
            except httpx.TransportError:
                await asyncio.sleep(pause_seconds(attempt))
        raise RenderError(f"“{ref.name}” could not be fetched from the studio.", retry=True)

    def _trim(self) -> None:
        """Throw out the files used longest ago, until the rest fits."""
        found = []
        for path in self.folder.glob("??/*"):
            facts = path.stat()
            found.append((facts.st_mtime, facts.st_size, path))
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self.limit_bytes:
                return
            if not self._in_use[path.stem]:
                path.unlink(missing_ok=True)
                total -= size


def _tell_share(report: ShareReport, got: int, *, before: int, total: int) -> None:
    report((before + got) / total)
