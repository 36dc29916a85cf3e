"""Receive an upload piece by piece. `Upload.offset` never runs ahead of what is safely on the disk.

A piece is checked, written at its offset, synced; only then does the offset move, by a guarded update. A crash between
the two leaves bytes behind the offset, which the next piece overwrites.
"""

import contextlib
import errno
import hashlib
import logging
import os
import shutil
from collections import OrderedDict
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Now

from studio.blobs import quarantine, store
from studio.blobs.models import Blob, Upload
from studio.blobs.uploads import UploadRefused, hand_over, look_at
from studio.errors import Refused
from studio.jobs.leases import from_now

logger = logging.getLogger(__name__)
# A piece that takes longer than this belongs to a process that is gone.
BUSY_SECONDS = 30.0
# Comparing, storing and handing over takes less, also for 8 GiB.
FINISH_SECONDS = 120.0
DAMAGED = "“{name}” arrived damaged: its checksum is not the one that was announced. Nothing was kept. Send it again."
MOVED = "The upload stands at {offset} bytes, not at {given}. Ask for its offset, then go on from there."
BUSY = "Another piece of this upload is being written. Ask for its offset in a moment, then go on from there."


def begin(**fields: Any) -> Upload:
    """A new upload, if there is room for all of it. Raises StoreFull."""
    size = fields["size"]
    _require_space(size)
    upload = Upload.objects.create(**fields)
    path_of(upload.pk).parent.mkdir(parents=True, exist_ok=True)
    path_of(upload.pk).touch()
    if size == 0:
        _finish(upload)
    return upload


def write_piece(upload: Upload, *, offset: int, piece: bytes) -> Upload:
    """Write a piece at `offset`. Raises Refused 409 (another offset), 423 (busy) or 413, StoreFull, UploadRefused."""
    if offset + len(piece) > upload.size:
        raise Refused("This piece goes beyond the end of the upload.", status=413)
    _take(upload, offset)
    try:
        _write(path_of(upload.pk), offset, piece)
    except OSError as error:
        _release(upload)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise store.StoreFull(upload.size - offset) from error
        raise
    except BaseException:
        _release(upload)
        raise
    _hashers.feed(upload.pk, offset, piece)
    moved = Upload.objects.filter(pk=upload.pk, offset=offset, state=Upload.State.OPEN)
    moved.update(offset=F("offset") + len(piece), busy_until=None, updated_at=Now())
    upload.refresh_from_db()
    if upload.offset == upload.size:
        _finish(upload)
    return upload


def go_on(upload: Upload) -> Upload:
    """Finish an upload whose bytes are all there and whose last step a crash cut off. Any other stays as it is."""
    if upload.offset != upload.size or upload.state not in (Upload.State.OPEN, Upload.State.FINISHING):
        return upload
    stuck = Upload.objects.filter(pk=upload.pk, state=Upload.State.FINISHING, busy_until__lt=Now())
    stuck.update(state=Upload.State.OPEN, busy_until=None)
    with contextlib.suppress(UploadRefused):  # the row says so
        _finish(upload)
    upload.refresh_from_db()
    return upload


def release_all() -> int:
    """Give back what a process that is gone had taken: only where this is the one process, at its start."""
    taken = Q(state=Upload.State.OPEN, busy_until__isnull=False) | Q(state=Upload.State.FINISHING)
    return Upload.objects.filter(taken).update(state=Upload.State.OPEN, busy_until=None)


def drop(upload: Upload) -> None:
    """Forget an upload and its bytes; what it became stays."""
    path_of(upload.pk).unlink(missing_ok=True)
    _hashers.forget(upload.pk)
    upload.delete()


def path_of(upload_id: UUID) -> Path:
    return Path(settings.STUDIO_DATA / "uploads" / str(upload_id))


def _take(upload: Upload, offset: int) -> None:
    """One piece at a time, and at the right place: both in one guarded update."""
    free = Q(busy_until=None) | Q(busy_until__lt=Now())
    rows = Upload.objects.filter(pk=upload.pk, state=Upload.State.OPEN)
    if rows.filter(free, offset=offset).update(busy_until=from_now(BUSY_SECONDS)):
        return
    upload.refresh_from_db()
    if upload.offset != offset or upload.state != Upload.State.OPEN:
        raise Refused(MOVED.format(offset=upload.offset, given=offset), status=409)
    raise Refused(BUSY, status=423)


def _release(upload: Upload) -> None:
    Upload.objects.filter(pk=upload.pk).update(busy_until=None)


def _write(path: Path, offset: int, piece: bytes) -> None:
    """At `offset`, synced. After a failure the file ends at `offset` again."""
    with path.open("r+b") as file:
        try:
            file.seek(offset)
            file.write(piece)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            os.ftruncate(file.fileno(), offset)
            raise


def _finish(upload: Upload) -> None:
    """All bytes are there: compare, store, hand over. Raises UploadRefused; then nothing is kept."""
    claim = {"state": Upload.State.FINISHING, "busy_until": from_now(FINISH_SECONDS)}
    if not Upload.objects.filter(pk=upload.pk, state=Upload.State.OPEN).update(**claim):
        return
    path = path_of(upload.pk)
    try:
        _become(upload, _store(upload, path))
    except UploadRefused as refusal:
        path.unlink(missing_ok=True)
        Upload.objects.filter(pk=upload.pk).update(state=Upload.State.REFUSED, error=str(refusal), updated_at=Now())
        raise
    except BaseException:  # the bytes are whole: the next call may finish what this one could not
        Upload.objects.filter(pk=upload.pk).update(state=Upload.State.OPEN, busy_until=None)
        raise
    finally:
        _hashers.forget(upload.pk)
    upload.refresh_from_db()


def _store(upload: Upload, path: Path) -> Blob:
    """The bytes, compared and in the store. The hash is noted first: a crash after the move must find them there."""
    if upload.stored_sha256 and not path.exists() and store.has_file(upload.stored_sha256):
        return store.known(upload.stored_sha256, upload.size)
    digest = _hashers.digest(upload.pk, upload.size) or store.hash_file(path)
    if upload.sha256 and upload.sha256 != digest:
        quarantine.keep(upload, path, digest)
        raise UploadRefused(DAMAGED.format(name=upload.name), field="sha256")
    found = look_at(upload, path)
    target = upload.target if found is None else {**upload.target, "found": found}
    Upload.objects.filter(pk=upload.pk).update(stored_sha256=digest, target=target)
    return store.put_path(path, move=True, sha256=digest)


def _become(upload: Upload, blob: Blob) -> None:
    """The row of the upload and what it became are written together."""
    try:
        with transaction.atomic():
            Upload.objects.filter(pk=upload.pk).update(blob=blob, updated_at=Now())
            upload.refresh_from_db()
            became = hand_over(upload, blob)
            done = {"state": Upload.State.DONE, "busy_until": None}
            Upload.objects.filter(pk=upload.pk).update(result_url=became.url, receipt=became.receipt, **done)
    except UploadRefused:
        store.forget(blob)
        raise


def _require_space(size: int) -> None:
    """Room for this upload, for the rest of all others, and some to live."""
    (settings.STUDIO_DATA / "uploads").mkdir(parents=True, exist_ok=True)
    waiting = Upload.objects.filter(state=Upload.State.OPEN).aggregate(bytes=Sum(F("size") - F("offset")))["bytes"] or 0
    lacking = size + waiting + settings.FREE_BYTES_FLOOR - shutil.disk_usage(settings.STUDIO_DATA).free
    if lacking > 0:
        raise store.StoreFull(lacking)


class Hashers:
    """The running SHA-256 of uploads on their way, so that a whole file need not be read again at its end."""

    def __init__(self, keep: int = 64) -> None:
        self.keep = keep
        self._running: OrderedDict[UUID, tuple[int, Any]] = OrderedDict()

    def feed(self, upload_id: UUID, offset: int, piece: bytes) -> None:
        at, running = self._running.pop(upload_id, (0, None))
        running = hashlib.sha256() if offset == 0 else running
        if running is None or (offset and at != offset):
            return  # the beginning went through another process; the file is read at the end
        running.update(piece)
        self._running[upload_id] = (offset + len(piece), running)
        if len(self._running) > self.keep:
            self._running.popitem(last=False)

    def digest(self, upload_id: UUID, size: int) -> str | None:
        at, running = self._running.get(upload_id, (0, None))
        return running.hexdigest() if running is not None and at == size else None

    def forget(self, upload_id: UUID) -> None:
        self._running.pop(upload_id, None)


_hashers = Hashers()
