"""The store: files by their SHA-256, in blobs/ab/cd/<sha256>. Written to a temporary name, synced, then renamed.

With an S3 bucket the same names are keys of the bucket.
"""

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import models, transaction
from django.utils import timezone

from studio.blobs.models import Blob

PIECE = 1024 * 1024


class StoreFull(Exception):
    """The disk has no room. Shown as 507."""

    def __init__(self, needed: int) -> None:
        super().__init__(
            f"The disk of the studio is full. Nothing was half stored. Free {readable_size(needed)}, then try again."
        )


def put_bytes(data: bytes) -> Blob:
    """Store these bytes, or find them stored."""
    with temporary_file() as path:
        with _full_is_said(len(data)):
            path.write_bytes(data)
        return put_path(path, move=True)


def put_path(path: Path | str, *, move: bool = False, sha256: str | None = None) -> Blob:
    """Store a file. With `move` its name is given away; `sha256` spares a reading when it is known for certain."""
    path = Path(path)
    digest, size = sha256 or hash_file(path), path.stat().st_size
    is_placed = not has_file(digest)
    if is_placed:
        _place(path, digest, move=move)
    blob, _ = Blob.objects.update_or_create(
        pk=digest, defaults={"size": size, "touched_at": timezone.now()}, create_defaults={"size": size}
    )
    if not is_placed and not has_file(digest):  # the sweep took it between our look and our row
        _place(path, digest, move=move)
    if move:
        path.unlink(missing_ok=True)
    return blob


def known(sha256: str, size: int) -> Blob:
    """The row of a file that lies in the store already: a crash came between the two."""
    touched = {"size": size, "touched_at": timezone.now()}
    return Blob.objects.update_or_create(pk=sha256, defaults=touched, create_defaults={"size": size})[0]


def open_blob(blob: Blob) -> IO[bytes]:
    """The content, to read from."""
    if is_remote():
        return _remote().open(key_of(blob.sha256))
    return path_of(blob.sha256).open("rb")


@contextmanager
def local_path(blob: Blob) -> Iterator[Path]:
    """A real path to the content; never write to it. From S3 it is a temporary copy."""
    if not is_remote():
        yield path_of(blob.sha256)
        return
    with temporary_file() as copy:
        with open_blob(blob) as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, PIECE)
        yield copy


def has_file(sha256: str) -> bool:
    return _remote().exists(key_of(sha256)) if is_remote() else path_of(sha256).exists()


def forget(blob: Blob) -> bool:
    """Drop a blob at once when no row points at it: a refused file is not kept. False when something still needs it."""
    with transaction.atomic():
        locked = Blob.objects.select_for_update().filter(pk=blob.pk).first()
        if locked is None or is_referenced(blob.pk):
            return False
        remove(locked)
    return True


def remove(blob: Blob) -> None:
    """Drop row and file, inside a transaction that holds the row.

    The file is moved aside first: whoever stores the same bytes a moment later sees that they are missing.
    """
    sha256 = blob.sha256
    blob.delete()
    if is_remote():
        transaction.on_commit(lambda: _remote().delete(key_of(sha256)))
        return
    doomed = Path(settings.STUDIO_DATA / "tmp" / f"swept-{sha256}")
    doomed.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        path_of(sha256).replace(doomed)
        transaction.on_commit(lambda: doomed.unlink(missing_ok=True))


def is_referenced(sha256: str) -> bool:
    """Whether any row of any app points at this blob."""
    return any(model._base_manager.filter(**{field: sha256}).exists() for model, field in references())


def references() -> Iterator[tuple[type[models.Model], str]]:
    """Every foreign key to Blob, the hidden ones included, as (model, column)."""
    for relation in Blob._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and relation.is_relation:
            yield relation.related_model, relation.field.attname  # type: ignore[union-attr, misc]


def own_name(name: str) -> str:
    """A person's name for a file as a file name of ours, so that sentences quote it; nothing in it leads elsewhere."""
    plain = "".join(sign for sign in name if sign.isprintable() and sign not in "/\\")[-120:]
    return plain.lstrip(".") or "track"


@contextmanager
def temporary_file() -> Iterator[Path]:
    """A name on the store's own disk, so that a rename is enough. Whatever is left there is removed."""
    folder = settings.STUDIO_DATA / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def key_of(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def path_of(sha256: str) -> Path:
    return Path(settings.STUDIO_DATA / "blobs" / key_of(sha256))


def is_remote() -> bool:
    return "blobs" in settings.STORAGES


def readable_size(size: int) -> str:
    """A size as people say it: 812 kB, 2.1 GB."""
    for unit, bytes_each in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= bytes_each:
            return f"{size / bytes_each:.1f} {unit}"
    return f"{size} bytes"


def _remote() -> Storage:
    return storages["blobs"]


def _place(path: Path, sha256: str, *, move: bool) -> None:
    if is_remote():
        with path.open("rb") as file:
            _remote().save(key_of(sha256), File(file))
        return
    target = path_of(sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    if move and path.stat().st_dev == target.parent.stat().st_dev:
        _settle(path, target)
        return
    with temporary_file() as copy:
        with _full_is_said(path.stat().st_size):
            shutil.copyfile(path, copy)
        _settle(copy, target)


@contextmanager
def _full_is_said(needed: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull(needed) from error
        raise


def _settle(path: Path, target: Path) -> None:
    """Sync, rename, sync the folder: after a power cut the file is whole or absent."""
    os.chmod(path, 0o444)
    sync(path)
    path.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
