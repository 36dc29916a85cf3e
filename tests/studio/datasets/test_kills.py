"""kill -9 of the site at random moments while devices send (F1), under both servers."""

import hashlib
import random
import threading
import time
from collections.abc import Iterator

import pytest

from tests.services import wait_for_port
from tests.studio.agent import Agent, token_of
from tests.studio.datasets.conftest import picture
from tests.studio.site.conftest import Studio, manage, start_server, studio_on

LANES = 2


class Lane(threading.Thread):
    """Sends one picture after the other until it is told that it is enough; keeps its receipts."""

    def __init__(self, agent: Agent, first: int) -> None:
        super().__init__(daemon=True)
        self.agent, self.first = agent, first
        self.enough = threading.Event()
        self.receipts: dict[str, str] = {}
        self.error: BaseException | None = None

    def run(self) -> None:
        number = self.first
        try:
            while not self.enough.is_set():
                data = picture(number, size=(60, 40), quality=97)
                self.receipts[hashlib.sha256(data).hexdigest()] = self.agent.send(data, sequence=number, seconds=600)
                number += LANES
        except BaseException as error:
            self.error = error


@pytest.fixture
def studio(tmp_path, server) -> Iterator[Studio]:
    with studio_on(tmp_path, server=server, STUDIO_DEMO="no") as running:
        yield running


# Each kill is another moment, and a start of the server: a few in CI, many in soak.
LONG = [pytest.mark.soak, pytest.mark.timeout(3600)]


@pytest.mark.parametrize(
    ("server", "kills"),
    [
        ("daphne", 3),
        ("uvicorn", 3),
        pytest.param("daphne", 200, marks=LONG),
        pytest.param("uvicorn", 200, marks=LONG),
    ],
)
def test_no_kill_of_the_site_loses_or_halves_a_picture(studio, server, kills):
    chance = random.Random(kills)
    token, project = token_of(studio), studio.call("POST", "/projects", json={"name": "Saltworks"}).json()["id"]
    agents = [Agent(studio.url, token, project, piece_bytes=1500) for _ in range(LANES)]
    for agent in agents:
        agent.announce()
    lanes = [Lane(agent, first=number + 1) for number, agent in enumerate(agents)]
    for lane in lanes:
        lane.start()
    for _ in range(kills):
        wait_for_answers(agents, chance.randint(1, 20))
        time.sleep(chance.uniform(0.0, 0.02))
        studio.process.kill()
        studio.process.wait(10)
        studio.process = start_server(studio.environment, studio.log, server=server)
        wait_for_port(studio.port, studio.process, studio.log, 180)
    wait_for_answers(agents, 20)
    for lane in lanes:
        lane.enough.set()
    for lane in lanes:
        lane.join(60)
        assert not lane.is_alive(), "an upload was never finished"
        assert lane.error is None, lane.error
        lane.agent.close()
    check_what_is_there(studio, agents[0].dataset, {**lanes[0].receipts, **lanes[1].receipts})
    assert sum(agent.faults for agent in agents) >= kills, "the kills met no upload"


def wait_for_answers(agents: list[Agent], count: int) -> None:
    """Until the agents have had that many more answers: how long this takes is the machine's business."""
    wanted, deadline = sum(agent.answers for agent in agents) + count, time.monotonic() + 120
    while sum(agent.answers for agent in agents) < wanted:
        assert time.monotonic() < deadline, "the studio answers nobody"
        time.sleep(0.002)


def check_what_is_there(studio: Studio, dataset: str, receipts: dict[str, str]) -> None:
    """Every receipt has its file with the right hash, and nothing else is to be seen."""
    assert len(receipts) >= 4
    store = studio.log.parent / "data" / "blobs"
    for sha256, receipt in receipts.items():
        assert receipt.endswith(f":{sha256}")
        path = store / sha256[:2] / sha256[2:4] / sha256
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    for path in store.rglob("*"):
        assert not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() == path.name
    assert studio.call("GET", f"/datasets/{dataset}").json()["counts"]["all"] == len(receipts)
    listed = studio.call("GET", f"/datasets/{dataset}/portraits?limit=240").json()["items"]
    assert {str(item["id"]) for item in listed} <= {receipt.partition(":")[0] for receipt in receipts.values()}
    manage(studio.environment, "verify_store")
