"""Culling 80,000 portraits: what each request costs the studio, on SQLite and on a PostgreSQL of its own.

    python bench/library.py [--json] [--portraits 80000] [--databases sqlite,postgresql]

Requests go through the whole of the API, in one process and without a network. A filter change is what the page asks
then: index, facets and the first page, one after the other. The gates are those of the library's figures; the page at
the end is measured against the first page of the same run.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from _figures import Figure, tell, to_json

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
FILTERS: list[dict[str, Any]] = [
    {"faces": [1, 1]},
    {"faces": [1, 1], "sharpness": [42, None]},
    {"faces": [1, 1], "sharpness": [42, None], "face_px": [380, None], "roll": [-12, 12]},
    {"verdict": "unreviewed", "clipped": [None, 4]},
    {"duplicates": "tops", "sort": "sharpness", "descending": True},
    {"stars": [2, None], "sort": "stars", "descending": True},
    {"text": "sitting 7"},
]
PAINT_SECONDS, FILTER_SECONDS, ALL_SECONDS, MANY_SECONDS = 1.0, 0.3, 10.0, 3.0
MANY = 10_000


class Desk:
    """A signed-in person before one dataset."""

    def __init__(self, count: int) -> None:
        from django.test import Client

        from studio.accounts.models import User
        from studio.datasets.models import Dataset
        from studio.projects.models import Membership, Project

        user = User.objects.create_user("bench@example.org", "a-long-password", name="Bench")
        project = Project.objects.create(name="Bench")
        Membership.objects.create(project=project, user=user, role="owner")
        self.dataset = Dataset.objects.create(project=project, name="ines")
        self.client = Client(headers={"host": "localhost"})
        self.client.force_login(user)
        self.count = count

    def get(self, what: str, wanted: dict[str, Any] | None = None, **query: Any) -> Any:
        said = "&".join(f"{name}={quote(str(value))}" for name, value in query.items())
        path = f"/api/v1/datasets/{self.dataset.pk}/{what}?filter={quote(json.dumps(wanted or {}))}&{said}"
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.content[:300]
        return answer.json()

    def post(self, what: str, body: Any = None) -> Any:
        path = f"/api/v1/datasets/{self.dataset.pk}/{what}"
        answer = self.client.post(path, json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content[:300]
        return answer.json()


def seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(count: int, name: str) -> list[Figure]:
    """In the child: fill the database that the settings name, then ask."""
    import django

    django.setup()
    from _library import fill
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    desk = Desk(count)
    filling = seconds(lambda: fill(desk.dataset, count))
    desk.client.get("/api/v1/me")
    found = [Figure(f"{name}: {count:,} portraits made", filling, "s", digits=1)]
    found.append(
        Figure(
            f"{name}: index and first page, first time",
            seconds(lambda: (desk.get("index"), desk.get("portraits"))),
            "s",
            at_most=PAINT_SECONDS,
        )
    )
    return found + filter_figures(desk, name) + page_figures(desk, name) + bulk_figures(desk, name)


def filter_figures(desk: Desk, name: str) -> list[Figure]:
    parts: dict[str, list[float]] = {"index": [], "facets": [], "portraits": []}
    for _ in range(3):
        for wanted in FILTERS:
            for what, spent in parts.items():
                spent.append(seconds(lambda what=what, wanted=wanted: desk.get(what, wanted)))  # type: ignore[misc]
    whole = [sum(once) for once in zip(*parts.values(), strict=True)]
    figures = [
        Figure(f"{name}: filter change, median", statistics.median(whole), "s", at_most=FILTER_SECONDS),
        Figure(f"{name}: filter change, worst of {len(whole)}", max(whole), "s"),
    ]
    return figures + [Figure(f"{name}: … its {what}", statistics.median(spent), "s") for what, spent in parts.items()]


def page_figures(desk: Desk, name: str) -> list[Figure]:
    """The last page against the first, in the order of time and in that of sharpness."""
    figures = []
    for sort in ("taken", "sharpness"):
        last = desk.get("index", {"sort": sort})["stops"][-2]["key"]
        first = [seconds(lambda: desk.get("portraits", {"sort": sort})) for _ in range(9)]  # noqa: B023
        end = [seconds(lambda: desk.get("portraits", {"sort": sort}, after=last)) for _ in range(9)]  # noqa: B023
        figures += [
            Figure(f"{name}: first page by {sort}", statistics.median(first) * 1000, "ms", digits=1),
            Figure(
                f"{name}: last page by {sort}, against it",
                statistics.median(end) / statistics.median(first),
                "×",
                at_most=1.5,
            ),
        ]
    return figures


def bulk_figures(desk: Desk, name: str) -> list[Figure]:
    """Reject all and undo, and ten thousand; how long another writer waited meanwhile."""
    with other_writer() as waits:
        reject = seconds(lambda: desk.post("decide", {"selection": {"filter": {}}, "verdict": -1, "stars": 1}))
        undo = seconds(lambda: desk.post("undo"))
    first = desk.get("portraits", {}, limit=1)["items"][0]["taken_at"]
    stop = desk.get("index")["stops"][min(MANY, desk.count - 1) // 240]["taken_at"]
    some = {"filter": {"taken": [first, stop]}}
    said: dict[str, Any] = {}
    many = seconds(lambda: said.update(desk.post("decide", {"selection": some, "verdict": 1, "stars": 4})))
    back = seconds(lambda: desk.post("undo"))
    key_presses = [{"selection": {"ids": [1]}, "stars": stars} for stars in (1, 2, 3, 4, 5)]
    one = [seconds(lambda body=body: desk.post("decide", body)) for body in key_presses]  # type: ignore[misc]
    return [
        Figure(f"{name}: reject all", reject, "s", at_most=ALL_SECONDS),
        Figure(f"{name}: undo it", undo, "s", at_most=ALL_SECONDS),
        Figure(f"{name}: longest wait of another writer", max(waits, default=0.0), "s"),
        Figure(f"{name}: decide on {said['count']:,}", many, "s", at_most=MANY_SECONDS),
        Figure(f"{name}: undo them", back, "s", at_most=MANY_SECONDS),
        Figure(f"{name}: decide on one", statistics.median(one) * 1000, "ms", digits=1),
    ]


@contextlib.contextmanager
def other_writer() -> Iterator[list[float]]:
    """Somebody who writes a small row twenty times a second, and how long each took."""
    from django.db import connection

    from studio.blobs.models import Blob

    waits: list[float] = []
    is_over = threading.Event()

    def write() -> None:
        Blob.objects.create(sha256=f"bench {len(waits)}", size=1)

    def keep_writing() -> None:
        while not is_over.wait(0.05):
            waits.append(seconds(write))
        connection.close()

    thread = threading.Thread(target=keep_writing)
    thread.start()
    try:
        yield waits
    finally:
        is_over.set()
        thread.join()


@contextlib.contextmanager
def database(name: str, folder: Path) -> Iterator[str]:
    if name == "sqlite":
        yield f"sqlite:///{folder / 'library.sqlite3'}"
        return
    from tests.services import postgres

    with postgres() as server:
        yield server.url


def run_child(name: str, count: int) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="phosphene-library-") as folder, database(name, Path(folder)) as url:
        own = {"STUDIO_DATA": folder, "STUDIO_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "studio.settings.base"}
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("STUDIO_")}
        command = [sys.executable, __file__, "--child", name, "--portraits", str(count)]
        done = subprocess.run(command, env=inherited | own, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"The bench on {name} ended with {done.returncode}.")
    return [Figure(**said) for said in json.loads(done.stdout.splitlines()[-1])]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--portraits", type=int, default=80_000)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps([to_json(figure) for figure in measure(options.portraits, options.child)]))
        return 0
    figures = [figure for name in options.databases.split(",") for figure in run_child(name, options.portraits)]
    load = os.getloadavg()[0]
    return tell(
        f"The library, {options.portraits:,} portraits (load average {load:.1f})", figures, as_json=options.json
    )


if __name__ == "__main__":
    sys.exit(main())
