"""A studio, a paired device, its spool, and a line between them that can be made bad."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from capture_agent import upload
from capture_agent.spool import Shot, Spool
from capture_agent.spool_queue import SpoolQueue
from capture_agent.studio import StudioClient
from capture_agent.upload import Uploader
from tests.capture_agent.spools import NOON, sitting
from tests.capture_agent.studios import Paired, pair, photograph, receipts_are_true
from tests.fault_proxy import FaultProxy
from tests.studio.site.conftest import Studio, studio_on


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with studio_on(tmp_path_factory.mktemp("studio"), STUDIO_DEMO="no") as running:
        yield running


@pytest.fixture(scope="session")
def device(studio: Studio) -> Paired:
    return pair(studio)


@pytest.fixture
def proxy(studio: Studio) -> Iterator[FaultProxy]:
    with FaultProxy(studio.port) as running:
        yield running


@dataclass
class Device:
    """A spool with its uploader, behind `url`."""

    spool: Spool
    url: str
    paired: Paired
    shots: list[Shot] = field(default_factory=list)
    timeout: float = 3.0

    def client(self) -> StudioClient:
        return StudioClient(self.url, token=self.paired.token, timeout=httpx.Timeout(self.timeout))

    def uploader(self, client: StudioClient | None = None, lanes: int = 2) -> Uploader:
        return Uploader(SpoolQueue(self.spool), client or self.client(), lanes=lanes)

    def send_all(
        self, *, give_up_seconds: float | None = 30, client: StudioClient | None = None, lanes: int = 2
    ) -> str:
        return self.uploader(client, lanes).run_until_empty(give_up_seconds=give_up_seconds)

    def shoot(self, *sizes: int, dataset: str = "faces", **fields) -> list[Shot]:
        """One sitting with a picture of each of these sizes, in kilobytes."""
        session = sitting(self.spool, dataset, **fields)
        taken = [
            self.spool.add(session, photograph(size), taken_at=NOON, camera={"shutter_us": 1000}) for size in sizes
        ]
        self.shots += taken
        return taken

    def all_arrived(self, studio: Studio) -> bool:
        return receipts_are_true(self.spool, studio, self.shots)


@pytest.fixture
def make_device(tmp_path: Path, device: Paired) -> Iterator[Callable[..., Device]]:
    opened: list[Spool] = []

    def make(url: str, paired: Paired = device) -> Device:
        opened.append(Spool(tmp_path / f"spool-{len(opened)}", floor_bytes=0))
        return Device(opened[-1], url, paired)

    yield make
    for spool in opened:
        spool.close()


@pytest.fixture
def quick_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same waiting, a tenth as long."""
    monkeypatch.setattr(upload, "PAUSES", (0.2, 0.4, 0.8, 1.6, 2.0))
    monkeypatch.setattr(upload, "FIRST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(upload, "IDLE_SECONDS", 0.1)
