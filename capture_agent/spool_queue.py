"""The spool as the uploader's queue: announces sessions, hands out the oldest shot, files each by what became of it."""

import hashlib
import json
import logging
import threading
import time
from typing import Any
from uuid import UUID

from capture_agent import durable
from capture_agent.sending import Outgoing
from capture_agent.shots import BLOCKED, DONE, SENDING, WAITING, Session, Shot
from capture_agent.spool import Spool
from capture_agent.spool_recover import hash_of
from capture_agent.studio import Refused, StudioClient

logger = logging.getLogger(__name__)
DATASETS = "datasets.json"
LAST_NAME = 100
TOKEN_REFUSED = 401
# What a full disk did not let us file is left alone for so long.
HELD_SECONDS = 60.0
SWEEP_SECONDS = 60.0
ROTTEN = "“{name}” was damaged on this device's disk. It was not sent."


class SpoolQueue:
    """Thread-safe. One uploader per spool: `claim` the spool first when there may be another process."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self._lock = threading.Lock()
        self._announcing = threading.Lock()
        self._busy: dict[tuple[UUID, str], Shot] = {}
        self._known: dict[UUID, dict[str, str]] = {}
        self._swept_at = -SWEEP_SECONDS
        self._datasets: dict[str, Any] = {}
        self._held: dict[tuple[UUID, str], float] = {}

    def take(self, client: StudioClient) -> Outgoing | None:
        while (shot := self._claimed()) is not None:
            try:
                dataset_id = self._announce(client, self.spool.session(shot.session_id))
                if hash_of(self.spool.path_of(shot)) != shot.sha256:
                    self._file(shot, BLOCKED, reason=ROTTEN.format(name=shot.name))
                    continue
                if receipt := self._receipt_of_known(client, dataset_id, shot):
                    self._file(shot, DONE, receipt=receipt, done_at=self.spool.clock())
                    continue
                return self._outgoing(self._moved_to_sending(shot), dataset_id)
            except Refused as refusal:
                if refusal.status == TOKEN_REFUSED:
                    self._free(shot)
                    raise
                self._file(shot, BLOCKED, reason=str(refusal), reason_status=refusal.status)
            except FileNotFoundError:  # somebody moved it by hand, or another process did
                self._free(shot)
                self.spool.refresh()
            except BaseException:
                self._free(shot)
                raise
        return None

    def _receipt_of_known(self, client: StudioClient, dataset_id: str, shot: Shot) -> str:
        """The receipt of what the studio has already, asked once for all that waits of a sitting."""
        with self._announcing:
            if shot.session_id not in self._known:
                waiting = self.spool.shots(SENDING, WAITING, session_id=shot.session_id)
                self._known[shot.session_id] = client.known(dataset_id, sorted({one.sha256 for one in waiting}))
        return self._known[shot.session_id].get(shot.sha256, "")

    def _moved_to_sending(self, shot: Shot) -> Shot:
        """On a disk that is full to the last byte it is sent from where it lies."""
        if shot.state != SENDING:
            try:
                shot = self.spool.move(shot, SENDING)
            except FileNotFoundError:
                raise
            except OSError as error:
                logger.warning("“%s” could not be moved: %s", shot.name, error)
            self._busy[shot.session_id, shot.stem] = shot
        return shot

    def remember(self, item: Outgoing, address: str) -> None:
        shot = self._busy[item.key]  # type: ignore[index]
        self.spool.with_index(lambda index: index.set_upload_url(shot, address))

    def stored(self, item: Outgoing, receipt: str) -> None:
        self._file(self._busy[item.key], DONE, receipt=receipt, done_at=self.spool.clock())  # type: ignore[index]

    def parked(self, item: Outgoing, refusal: Refused) -> bool:
        shot = self._busy[item.key]  # type: ignore[index]
        if refusal.field == "session" and self.spool.with_index(lambda index: index.told(shot.session_id)):
            # The studio has forgotten the sitting (an older backup, say): tell it again, once.
            self.spool.with_index(lambda index: index.set_told(shot.session_id, ""))
            self._free(shot)
            return False
        self._file(shot, BLOCKED, reason=str(refusal), reason_status=refusal.status)
        return True

    def put_back(self, item: Outgoing) -> None:
        """It stays in `sending/`, where it is taken up first."""
        self._free(self._busy[item.key])  # type: ignore[index]

    def rest(self, client: StudioClient) -> None:
        """Tell the studio of sittings that have ended since; now and then delete what may go."""
        with self._lock:
            is_due = time.monotonic() - self._swept_at > SWEEP_SECONDS
            self._swept_at = time.monotonic() if is_due else self._swept_at
        if is_due:
            self.spool.sweep()
        for session in self.spool.sessions():
            told = self.spool.with_index(lambda index, wanted=session.session_id: index.told(wanted))  # type: ignore[misc]
            if told and told != _digest(client, session):
                self._announce(client, session)

    def is_finished(self) -> bool:
        counts = self.spool.counts()
        return counts.waiting + counts.sending == 0

    def retry_blocked(self) -> int:
        """Blocked shots wait again, and their datasets are looked for anew. -> how many"""
        self._datasets = {}
        durable.write_file(self.spool.folder / DATASETS, b"{}")
        for session in self.spool.sessions():
            self.spool.with_index(lambda index, wanted=session.session_id: index.set_told(wanted, ""))  # type: ignore[misc]
        return self.spool.unblock()

    def _claimed(self) -> Shot | None:
        with self._lock:
            for key in [key for key, since in self._held.items() if time.monotonic() - since > HELD_SECONDS]:
                del self._held[key]
                self._busy.pop(key, None)
            for shot in self.spool.shots(SENDING, WAITING, limit=len(self._busy) + 1):
                if (shot.session_id, shot.stem) not in self._busy:
                    self._busy[shot.session_id, shot.stem] = shot
                    return shot
        return None

    def _free(self, shot: Shot) -> None:
        with self._lock:
            self._busy.pop((shot.session_id, shot.stem), None)

    def _file(self, shot: Shot, state: str, **changes: Any) -> None:
        try:
            self.spool.move(shot, state, **changes)
            self._free(shot)
        except OSError as error:  # a full disk: it stays where it is, and its next sending is answered by a receipt
            logger.warning("“%s” could not be filed as %s: %s", shot.name, state, error)
            self._held[shot.session_id, shot.stem] = time.monotonic()

    def _outgoing(self, shot: Shot, dataset_id: str) -> Outgoing:
        path = self.spool.path_of(shot)

        def read(offset: int, length: int) -> bytes:
            with path.open("rb") as file:
                file.seek(offset)
                return file.read(length)

        metadata = {
            "dataset": dataset_id,
            "session": str(shot.session_id),
            "sequence": str(shot.sequence),
            "taken_at": shot.taken_at.isoformat(),
            "camera": json.dumps(shot.camera | {"measures": shot.measures} if shot.measures else shot.camera),
        }
        key = (shot.session_id, shot.stem)
        return Outgoing(key, shot.name, shot.size_bytes, shot.sha256, metadata, read, shot.upload_url)

    def _announce(self, client: StudioClient, session: Session) -> str:
        """The dataset's id; dataset and session are told first, where they are new or have changed."""
        with self._announcing:
            dataset_id = self._dataset_id(client, session)
            digest = _digest(client, session)
            if self.spool.with_index(lambda index: index.told(session.session_id)) != digest:
                said = session.to_json()
                kept = ("name", "prompt", "place", "camera", "started_at", "ended_at")
                body = {name: said[name] for name in kept if said[name] is not None}
                body |= {"dataset_id": dataset_id, "device_now": self.spool.clock().isoformat()}
                client.announce_session(str(session.session_id), body)
                self.spool.with_index(lambda index: index.set_told(session.session_id, digest))
            return dataset_id

    def _dataset_id(self, client: StudioClient, session: Session) -> str:
        """Where a set of this name goes, as settled the first time: a new one never mixes with what was there."""
        path = self.spool.folder / DATASETS
        known = self._datasets = self._datasets or _read_json(path)
        of_name = f"{client.studio} {session.dataset_name}"
        key = of_name if session.append else f"{of_name} {session.session_id}"
        if key not in known:
            found = self._new_dataset(client, session)
            known[key] = known[of_name] = {"id": str(found["id"]), "project": str(found["project_id"])}
            try:
                durable.write_file(path, json.dumps(known, indent=1).encode())
            except OSError as error:  # a full disk: asked again at the next start
                logger.warning("%s could not be written: %s", path, error)
        client.project_id = client.project_id or known[key]["project"]
        return str(known[key]["id"])

    def _new_dataset(self, client: StudioClient, session: Session) -> dict[str, Any]:
        names = [session.dataset_name, *(f"{session.dataset_name} {number}" for number in range(2, LAST_NAME))]
        for name in names[:-1]:
            try:
                return client.dataset(name, append=session.append)
            except Refused as refusal:
                if refusal.status != 409 or session.append:
                    raise
        return client.dataset(names[-1], append=session.append)


def _read_json(path: Any) -> dict[str, Any]:
    try:
        said = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _digest(client: StudioClient, session: Session) -> str:
    said = json.dumps([client.studio, session.to_json()], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()
