"""How soon an edit of one person stands on the pages of the others.

    python bench/echo.py [--people 10] [--seconds 20] [--json]

Baseline: nobody else had this. A real studio in processes of its own, ten people signed in, each with the events socket
open that a page holds. Everybody changes a cue of their own on one track twice a second; an echo is the time from
sending the edit until another one's socket has brought it, of all edits on all other sockets. The second figure is the
same while one more client, a process of its own, sends 200 edits a second, most of which are refused. Gate of issue 7:
p95 of 300 ms.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from _figures import Figure, tell
from _studio import REPOSITORY, demo_studio

# Not this folder, whose click.py would hide the library of that name from httpx.
sys.path = [path for path in sys.path if path != str(REPOSITORY / "bench")]

import httpx
import websockets
from websockets.typing import Origin

GATE_MS = 300.0
PAUSE_SECONDS = 0.5
FLOOD_PER_SECOND = 200
# Until the flooding process is under way.
START_SECONDS = 3.0
CSRF = "b" * 32
# Makes people, their membership and a session for each, as signing in does.
PEOPLE = """
import json, sys
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from studio.accounts.models import User
from studio.projects.models import Membership, Project
from studio.tracks.models import Track
project = Project.objects.get(is_demo=True)
keys = []
for number in range({count}):
    user = User.objects.create_user(f"p{{number}}@example.org", None, name=f"Person {{number}}")
    Membership.objects.create(project=project, user=user, role="editor")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    keys.append(session.session_key)
track = Track.objects.filter(project=project).first()
print("MADE" + json.dumps({{"project": str(project.pk), "track": str(track.pk), "keys": keys}}))
"""


@dataclass
class Echoes:
    sent: dict[str, float] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)
    refused: int = 0

    def p95(self) -> float:
        return statistics.quantiles(self.milliseconds, n=20)[-1] if len(self.milliseconds) > 1 else float("inf")


@dataclass
class Person:
    """One page: who holds it, its client, and the cue that it changes."""

    client: httpx.AsyncClient
    cookies: str
    path: str
    cue: str = field(default_factory=lambda: str(uuid.uuid4()))
    label: str = ""

    async def edit(self, op: dict[str, Any], echoes: Echoes | None) -> None:
        key = str(uuid.uuid4())
        if echoes is not None:
            echoes.sent[key] = time.perf_counter()
        answer = await self.client.post(self.path, json={"key": key, "title": "Edit", "ops": [op]})
        if answer.status_code == 429 and echoes is not None:
            echoes.refused += 1
        elif answer.status_code != 200:
            raise SystemExit(f"The studio answered {answer.status_code}: {answer.text[:200]}")

    def add(self) -> dict[str, Any]:
        after = {"seconds": random.uniform(0, 20)}
        return {"thing": "cue", "op": "add", "id": self.cue, "after": after}

    def rename(self) -> dict[str, Any]:
        before, self.label = self.label, uuid.uuid4().hex[:8]
        return {
            "thing": "cue",
            "op": "change",
            "id": self.cue,
            "before": {"label": before},
            "after": {"label": self.label},
        }


async def work(person: Person, echoes: Echoes, until: float) -> None:
    await asyncio.sleep(random.uniform(0, PAUSE_SECONDS))
    while time.perf_counter() < until:
        await person.edit(person.rename(), echoes)
        await asyncio.sleep(random.uniform(0.6, 1.4) * PAUSE_SECONDS)


async def listen(url: str, person: Person, echoes: Echoes) -> None:
    headers = {"Cookie": person.cookies}
    async with websockets.connect(
        url.replace("http", "ws", 1), additional_headers=headers, origin=Origin(url.split("/ws")[0])
    ) as line:
        async for text in line:
            message = json.loads(text)
            for event in message.get("events", []):
                sent = echoes.sent.get(event["payload"].get("edit_id", ""))
                if sent is not None and event["payload"]["cues"][0]["id"] != person.cue:
                    echoes.milliseconds.append(1000 * (time.perf_counter() - sent))


async def flood(person: Person, until: float) -> int:
    """So many edits a second, whatever becomes of them. -> how many were refused"""
    echoes, asked = Echoes(), set()
    while time.perf_counter() < until:
        op = {"thing": "cue", "op": "change", "id": person.cue, "before": {"label": ""}, "after": {"label": ""}}
        task = asyncio.create_task(person.edit(op, echoes))
        asked.add(task)
        task.add_done_callback(asked.discard)
        await asyncio.sleep(1 / FLOOD_PER_SECOND)
    await asyncio.gather(*asked)
    return echoes.refused


def flood_alone(url: str, made: dict[str, Any], seconds: float, refused: Any) -> None:
    """In a process of its own, so that what it costs here is not counted as time of the studio."""

    async def run() -> int:
        person = _person(url, made, made["keys"][-1])
        await person.edit(person.add(), None)
        return await flood(person, time.perf_counter() + seconds)

    refused.value = asyncio.run(run())


async def measure(url: str, made: dict[str, Any], seconds: float) -> tuple[Echoes, Echoes, int]:
    people = [_person(url, made, key) for key in made["keys"][:-1]]
    fork = multiprocessing.get_context("fork")
    refused = fork.Value("i", 0)
    for person in people:
        await person.edit(person.add(), None)
    found = []
    for is_flooded in (False, True):
        extra = fork.Process(target=flood_alone, args=(url, made, seconds, refused)) if is_flooded else None
        if extra:
            extra.start()
            await asyncio.sleep(START_SECONDS)
        echoes, until = Echoes(), time.perf_counter() + seconds - START_SECONDS
        address = f"{url}/ws/projects/{made['project']}/events"
        lines = [asyncio.create_task(listen(address, person, echoes)) for person in people]
        await asyncio.sleep(1.0)
        await asyncio.gather(*[work(person, echoes, until) for person in people])
        await asyncio.sleep(1.0)
        if extra:
            extra.join()
            if extra.exitcode:
                raise SystemExit("The client that floods did not come through.")
        for line in lines:
            line.cancel()
        found.append(echoes)
    return found[0], found[1], refused.value


def _person(url: str, made: dict[str, Any], key: str) -> Person:
    cookies = f"phosphene_session={key}; phosphene_csrf={CSRF}"
    client = httpx.AsyncClient(base_url=url, headers={"Cookie": cookies, "X-CSRFToken": CSRF}, timeout=30)
    return Person(client, cookies, f"/api/v1/tracks/{made['track']}/edits")


def make_people(data: str, count: int) -> dict[str, Any]:
    environment = os.environ | {"STUDIO_DATA": data}
    command = [sys.executable, "manage.py", "shell", "-c", PEOPLE.format(count=count)]
    said = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True).stdout
    made: dict[str, Any] = json.loads(said[said.index("MADE") + 4 :].splitlines()[0])
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    with demo_studio() as studio:
        made = make_people(str(studio.data), words.people + 1)
        calm, flooded, refused = asyncio.run(measure(studio.url, made, words.seconds))
    figures = [
        Figure(f"Echo of an edit, {words.people} people editing, p95", calm.p95(), "ms", at_most=GATE_MS, digits=0),
        Figure("The same, median", statistics.median(calm.milliseconds), "ms", digits=0),
        Figure("The same beside 200 edits a second of one client, p95", flooded.p95(), "ms", digits=0),
        Figure("Of those 200 refused, a second", refused / words.seconds, "", digits=0),
    ]
    return tell("Echo of edits", figures, as_json=words.json, echoes=len(calm.milliseconds))


if __name__ == "__main__":
    raise SystemExit(main())
