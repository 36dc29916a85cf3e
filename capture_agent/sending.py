"""Send one picture over tus: in pieces as large as the line is good, on from where it was cut, until its receipt."""

import hashlib
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from capture_agent.studio import Away, Moved, Refused, StudioClient, is_receipt

KIB = 1024
LEAST_PIECE, FIRST_PIECE, MOST_PIECE = 512 * KIB, 1024 * KIB, 4096 * KIB
PIECE_SECONDS = 2.0
MOVES_ALLOWED = 8  # in a row, without a byte of progress
SETTLE_PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0)
GONE = (404, 410)
TOO_LARGE = 413
FOREIGN_RECEIPT = "The studio's receipt for “{name}” is not for this picture. It stays on this disk."
CHANGED = "“{name}” changed while it was sent. Send it again."


@dataclass
class Outgoing:
    """A picture to send. `read(offset, length)` gives its bytes; `key` names it in its queue."""

    key: Hashable
    name: str
    size_bytes: int
    sha256: str
    metadata: dict[str, str]
    read: Callable[[int, int], bytes]
    upload_url: str = ""


@dataclass
class Speed:
    """Bytes per second of one lane, as measured over the last pieces, and the piece that fits it."""

    bytes_per_second: float = 0.0
    cap_bytes: int = MOST_PIECE
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(self, size: int, seconds: float) -> None:
        now = size / max(seconds, 1e-3)
        with self._lock:
            self.bytes_per_second = 0.6 * self.bytes_per_second + 0.4 * now if self.bytes_per_second else now

    def note_cut(self) -> None:
        """After a cut the next pieces are half as long: less is lost with the next one."""
        with self._lock:
            self.bytes_per_second /= 2

    @property
    def piece_bytes(self) -> int:
        wished = self.bytes_per_second * PIECE_SECONDS if self.bytes_per_second else FIRST_PIECE
        return max(LEAST_PIECE, min(int(wished), self.cap_bytes, MOST_PIECE))


def send(client: StudioClient, item: Outgoing, *, speed: Speed, remember: Callable[[str], None]) -> str:
    """Send it, or go on with it. -> its receipt. `remember` is told the upload's address ("" when it is void).

    Raises Away (try again later), Refused (never again). A studio that got other bytes is sent them once more.
    """
    is_anew = False
    while True:
        try:
            receipt = _send_or_go_on(client, item, speed, remember)
        except Refused as refusal:
            is_lost = refusal.status in GONE and item.upload_url
            is_damaged = refusal.field == "sha256" and refusal.status == 422
            if is_anew or not (is_lost or is_damaged):
                raise
            if is_damaged and not _is_intact(item):
                raise Refused(CHANGED.format(name=item.name), status=0) from refusal
            is_anew = True
            _forget(item, remember)
            continue
        if not is_receipt(receipt, item.sha256):
            raise Refused(FOREIGN_RECEIPT.format(name=item.name), status=0)
        return receipt


def _send_or_go_on(client: StudioClient, item: Outgoing, speed: Speed, remember: Callable[[str], None]) -> str:
    offset = 0
    if item.upload_url:
        offset = _where(client, item)
    else:
        item.upload_url, receipt = client.begin_upload(
            size=item.size_bytes,
            metadata={"filename": item.name, "sha256": item.sha256, **item.metadata},
        )
        if receipt:
            return receipt
        remember(item.upload_url)
    return _send_pieces(client, item, offset, speed) or _settle(client, item, remember)


def _send_pieces(client: StudioClient, item: Outgoing, offset: int, speed: Speed) -> str:
    """From `offset` to the end. -> the receipt, or "" when the studio has all bytes but its answer was lost"""
    moves = 0
    while offset < item.size_bytes:
        piece = item.read(offset, min(speed.piece_bytes, item.size_bytes - offset))
        if not piece:
            raise Refused(CHANGED.format(name=item.name), status=0)
        began = time.monotonic()
        try:
            offset, receipt = client.send_piece(item.upload_url, offset, piece)
        except Moved as moved:
            moves += 1
            if moves > MOVES_ALLOWED:
                raise Away(str(moved), status=moved.status) from moved
            time.sleep(min(0.1 * 2**moves, 2.0) if moved.status == 423 else 0.0)
            offset = _where(client, item)
            continue
        except Away as away:
            if away.status == 0:
                speed.note_cut()
            raise
        except Refused as refusal:
            # A proxy in between may take less than the studio does.
            if refusal.status != TOO_LARGE or len(piece) <= LEAST_PIECE:
                raise
            speed.cap_bytes = LEAST_PIECE
            continue
        moves = 0
        speed.note(len(piece), time.monotonic() - began)
        if receipt:
            return receipt
    return ""


def _where(client: StudioClient, item: Outgoing) -> int:
    try:
        return client.offset(item.upload_url)
    except Moved as moved:
        raise Away(str(moved), status=moved.status, wait_seconds=0.5) from moved


def _settle(client: StudioClient, item: Outgoing, remember: Callable[[str], None]) -> str:
    """All bytes are there, but no receipt was heard: ask for it, and wake a finish that a crash cut short."""
    for pause in SETTLE_PAUSES:
        said = client.upload_state(item.upload_url)
        if said.get("receipt"):
            return str(said["receipt"])
        if said["state"] == "refused":
            raise Refused(said.get("error") or "The studio refused it.", status=422, field="sha256")
        if said["state"] == "open":
            try:
                receipt = client.send_piece(item.upload_url, item.size_bytes, b"")[1]
                if receipt:
                    return receipt
            except Moved:
                pass  # it is being finished right now
        time.sleep(pause)
    client.drop_upload(item.upload_url)
    _forget(item, remember)
    raise Away("The studio has all of the picture, but no receipt for it yet. It is sent anew.", status=500)


def _forget(item: Outgoing, remember: Callable[[str], None]) -> None:
    item.upload_url = ""
    remember("")


def _is_intact(item: Outgoing) -> bool:
    """Whether the bytes here are still those that were announced."""
    digest, offset = hashlib.sha256(), 0
    while piece := item.read(offset, MOST_PIECE):
        digest.update(piece)
        offset += len(piece)
    return offset == item.size_bytes and digest.hexdigest() == item.sha256
