"""A folder's pictures as the uploader's queue: hashed in batches, without what the dataset has, a session per set."""

import hashlib
import threading
from collections import deque
from dataclasses import dataclass
from uuid import UUID, uuid5

from capture_agent.find_pictures import Picture
from capture_agent.import_memory import ImportMemory
from capture_agent.sending import Outgoing
from capture_agent.studio import Refused, StudioClient

BATCH_PICTURES, BATCH_BYTES = 200, 256 * 1024**2
PIECE = 1024**2
WAITING, SENT, KNOWN, REFUSED, UNREAD = "waiting", "sent", "known", "refused", "unread"
CONFIRMED = (SENT, KNOWN)
TOKEN_REFUSED = 401


@dataclass
class Fate:
    """What became of one file. `receipt` is there for sent and known ones, `reason` for refused and unread ones."""

    place: str
    set_name: str
    size_bytes: int
    sha256: str = ""
    fate: str = WAITING
    receipt: str = ""
    reason: str = ""


def hash_picture(picture: Picture, memory: ImportMemory) -> str:
    """Its SHA-256, from memory when the file has not changed since. Raises OSError."""
    if kept := memory.sha256(picture.mark):
        return kept
    digest, offset = hashlib.sha256(), 0
    while piece := picture.read(offset, PIECE):
        digest.update(piece)
        offset += len(piece)
    memory.keep_sha256(picture.mark, digest.hexdigest())
    return digest.hexdigest()


class ImportQueue:
    """Thread-safe. `dataset_id` is where all of it goes; `studio` its address; `sender` who owns the sessions."""

    def __init__(
        self, pictures: list[Picture], *, studio: str, dataset_id: str, sender: str, memory: ImportMemory
    ) -> None:
        self.dataset_id = dataset_id
        self._sender = sender
        # What needs no more work, whatever became of it.
        self.files_ended = self.bytes_ended = 0
        self._target = f"{studio} {dataset_id}"
        self.fates = {one.place: Fate(one.place, one.set_name, one.size_bytes) for one in pictures}
        self._pictures = {one.place: one for one in pictures}
        self._memory = memory
        self._unhashed = deque(pictures)
        self._ready: deque[Picture] = deque()
        self._busy: set[str] = set()
        self._announced: set[str] = set()
        self._told_twice: set[str] = set()
        self._lock = threading.Lock()
        self._feeding = threading.Lock()
        self._by_set: dict[str, list[Picture]] = {}
        for one in pictures:
            self._by_set.setdefault(one.set_name, []).append(one)

    def take(self, client: StudioClient) -> Outgoing | None:
        while (picture := self._next(client)) is not None:
            try:
                self._announce(client, picture.set_name)
                return self._outgoing(picture)
            except Refused as refusal:
                if refusal.status == TOKEN_REFUSED:
                    self._return(picture)
                    raise
                self._end(picture.place, REFUSED, reason=str(refusal))
            except BaseException:
                self._return(picture)
                raise
        return None

    def _outgoing(self, picture: Picture) -> Outgoing:
        fate = self.fates[picture.place]
        metadata = {
            "dataset": self.dataset_id,
            "session": str(self._session_id(picture.set_name)),
            "taken_at" if picture.is_said else "written_at": picture.taken_at.isoformat(),
        }
        address = self._memory.address(self._target, fate.sha256)
        return Outgoing(picture.place, picture.name, picture.size_bytes, fate.sha256, metadata, picture.read, address)

    def remember(self, item: Outgoing, address: str) -> None:
        self._memory.keep_address(self._target, item.sha256, address)

    def stored(self, item: Outgoing, receipt: str) -> None:
        self._memory.keep_address(self._target, item.sha256, "")
        self._end(str(item.key), SENT, receipt=receipt)

    def parked(self, item: Outgoing, refusal: Refused) -> bool:
        place = str(item.key)
        set_name = self._pictures[place].set_name
        if refusal.field == "session" and set_name not in self._told_twice:
            self._told_twice.add(set_name)
            self._announced.discard(set_name)
            self._return(self._pictures[place])
            return False
        self._end(place, REFUSED if refusal.status else UNREAD, reason=str(refusal))
        return True

    def put_back(self, item: Outgoing) -> None:
        self._return(self._pictures[str(item.key)])

    def rest(self, client: StudioClient) -> None:
        """A folder has no chores."""

    def is_finished(self) -> bool:
        with self._lock:
            return not (self._unhashed or self._ready or self._busy)

    def is_complete(self) -> bool:
        """Whether every file has its receipt."""
        return all(fate.fate in CONFIRMED for fate in self.fates.values())

    def _next(self, client: StudioClient) -> Picture | None:
        with self._feeding:
            while True:
                with self._lock:
                    if self._ready:
                        picture = self._ready.popleft()
                        self._busy.add(picture.place)
                        return picture
                    batch = self._batch()
                if not batch:
                    return None
                self._sort_out(client, batch)

    def _batch(self) -> list[Picture]:
        """The next pictures that were not hashed yet. They stay there until it is known what the studio has."""
        batch, size = [], 0
        for picture in self._unhashed:
            batch.append(picture)
            size += picture.size_bytes
            if len(batch) == BATCH_PICTURES or size >= BATCH_BYTES:
                break
        return batch

    def _sort_out(self, client: StudioClient, batch: list[Picture]) -> None:
        """Hash them, ask which of them the dataset has, and let the others be sent."""
        for picture in batch:
            fate = self.fates[picture.place]
            try:
                fate.sha256 = fate.sha256 or hash_picture(picture, self._memory)
            except OSError as error:
                with self._lock:
                    self._note(fate, UNREAD, reason=f"It could not be read: {error}.")
        known = client.known(self.dataset_id, sorted({self.fates[one.place].sha256 for one in batch} - {""}))
        with self._lock:
            for picture in batch:
                self._unhashed.popleft()
                fate = self.fates[picture.place]
                if fate.sha256 in known and fate.fate == WAITING:
                    self._note(fate, KNOWN, receipt=known[fate.sha256])
                elif fate.fate == WAITING:
                    self._ready.append(picture)

    def _announce(self, client: StudioClient, set_name: str) -> None:
        with self._feeding:
            if set_name in self._announced:
                return
            taken = [one.taken_at for one in self._by_set[set_name]]
            body = {
                "dataset_id": self.dataset_id,
                "name": set_name[:200],
                "started_at": min(taken).isoformat(),
                "ended_at": max(taken).isoformat(),
            }
            client.announce_session(str(self._session_id(set_name)), body)
            self._announced.add(set_name)

    def _session_id(self, set_name: str) -> UUID:
        """The same set of the same dataset is the same session, whenever and from wherever it is sent."""
        return uuid5(UUID(self.dataset_id), f"set {set_name} of {self._sender}")

    def _return(self, picture: Picture) -> None:
        with self._lock:
            self._busy.discard(picture.place)
            self._ready.appendleft(picture)

    def _end(self, place: str, fate: str, *, receipt: str = "", reason: str = "") -> None:
        with self._lock:
            self._note(self.fates[place], fate, receipt=receipt, reason=reason)
            self._busy.discard(place)

    def _note(self, ended: Fate, fate: str, *, receipt: str = "", reason: str = "") -> None:
        """Under the lock."""
        ended.fate, ended.receipt, ended.reason = fate, receipt, reason
        self.files_ended += 1
        self.bytes_ended += ended.size_bytes
