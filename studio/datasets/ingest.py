"""A portrait arrives: its upload is judged before anything is sent, and is a row with a receipt once it is whole.

The same content is kept once in a dataset; what other datasets hold is never told.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from studio.blobs.models import Blob, Upload
from studio.blobs.uploads import Became, Coming, Start, UploadRefused
from studio.datasets import arrivals, clock, metadata, pictures
from studio.datasets.models import CaptureSession, Dataset, Portrait, PortraitFacts
from studio.datasets.sessions import upload_session
from studio.errors import Refused

# All metadata travel in one line of a header, which servers limit to 16 KiB.
CAMERA_LETTERS = 8_000
MAX_SEQUENCE = 2**31 - 1
NO_DATASET = "There is no such dataset in this project, or it lies in the bin. Choose another."
NO_SESSION = "There is no such session in this dataset. Announce it first."


def begins(coming: Coming) -> Start:
    """Where it goes, by the metadata: dataset, session?, sequence?, taken_at?, written_at?, camera?. Raises Refused.

    `taken_at` is what the sender knows. `written_at` is the file's own time: it counts where name and EXIF say none.
    A device must name its session and the SHA-256; content that the dataset has already answers with its receipt.
    """
    dataset = dataset_of(coming)
    session = _session_of(coming, dataset)
    if coming.size == 0:
        raise Refused("This file is empty.", field="filename")
    if coming.size > settings.PORTRAIT_MAX_BYTES:
        megabytes = settings.PORTRAIT_MAX_BYTES // 10**6
        raise Refused(f"This picture is larger than the studio takes: at most {megabytes} MB.", status=413)
    if coming.device_id is not None and not coming.sha256:
        raise Refused("Announce the picture's sha256.", field="sha256")
    known = Portrait.objects.filter(dataset=dataset, sha256=coming.sha256).first() if coming.sha256 else None
    if known is not None:
        return Start(receipt=receipt_of(known))
    target = {
        "dataset": str(dataset.pk),
        "session": str(session.pk) if session else "",
        "sequence": _sequence(coming.target.get("sequence", "")),
        "taken_at": _moment(coming.target.get("taken_at", ""), "taken_at"),
        "written_at": _moment(coming.target.get("written_at", ""), "written_at"),
        "camera": _camera(coming.target.get("camera", "")),
    }
    return Start(target)


def looks(upload: Upload, path: Path) -> dict[str, Any]:
    """The header of the picture, before anything is stored. Raises UploadRefused for what cannot be opened."""
    try:
        return found_in(path)
    except pictures.PictureRefused as refusal:
        raise UploadRefused(f"“{upload.name}” was not taken. {refusal}") from refusal


def found_in(path: Path) -> dict[str, Any]:
    """What `take` wants to know of a picture. Raises PictureRefused."""
    header = pictures.inspect(path)
    return {"format": header.format, "width": header.width_px, "height": header.height_px, "exif": header.exif}


def finished(upload: Upload, blob: Blob) -> Became:
    """The row of a whole and readable picture. Runs inside the transaction that ends the upload."""
    target = upload.target
    dataset = Dataset.objects.select_for_update().filter(pk=target["dataset"]).first()
    if dataset is None:
        raise UploadRefused("The dataset of this picture is no longer there.")
    session = CaptureSession.objects.filter(pk=target["session"]).first() if target["session"] else None
    session = session or upload_session(dataset, file_name=upload.name, by=upload.user)
    portrait = take(
        dataset,
        session,
        blob=blob,
        name=upload.name,
        found=target["found"],
        sequence=target["sequence"],
        said=target["taken_at"],
        camera=target["camera"],
        otherwise=clock.moment_said(target.get("written_at", "")),
    )
    arrivals.note(dataset, by=upload.user)
    return Became(f"/p/{dataset.project_id}/library/{dataset.pk}/?at={portrait.pk}", receipt_of(portrait))


def take(
    dataset: Dataset,
    session: CaptureSession,
    *,
    blob: Blob,
    name: str,
    found: dict[str, Any],
    sequence: int = 0,
    said: str = "",
    camera: dict[str, Any] | None = None,
    otherwise: datetime | None = None,
) -> Portrait:
    """The portrait of these bytes in this dataset, made unless it is there. Hold the dataset's row.

    `found` is what `found_in` gave; `otherwise` is the time for a picture that nobody says one of. The caller tells
    of it with `arrivals.note`.
    """
    known = Portrait.objects.filter(dataset=dataset, sha256=blob.pk).first()
    if known is not None:
        return known
    named, exif = clock.moment_in_name(name), metadata.moment_of(found["exif"])
    portrait = Portrait.objects.create(
        dataset=dataset,
        session=session,
        original=blob,
        sha256=blob.pk,
        name=name[:255],
        sequence=sequence,
        taken_at=clock.taken_at(session, sequence=sequence, said=said, otherwise=named or exif or otherwise),
        bytes=blob.size,
        width_px=found["width"],
        height_px=found["height"],
        format=found["format"][:10],
    )
    PortraitFacts.objects.create(portrait=portrait, exif=found["exif"], camera=camera or {}, taken_at_said=said[:40])
    return portrait


def receipt_of(portrait: Portrait) -> str:
    """What a device may delete its own copy for."""
    return f"{portrait.pk}:{portrait.sha256}"


def dataset_of(coming: Coming) -> Dataset:
    """The living dataset that the upload names. Raises Refused."""
    named = _uuid(coming.target.get("dataset", ""))
    dataset = Dataset.objects.filter(pk=named, project_id=coming.project_id, binned_at=None).first()
    if dataset is None:
        raise Refused(NO_DATASET, field="dataset")
    return dataset


def _session_of(coming: Coming, dataset: Dataset) -> CaptureSession | None:
    text = coming.target.get("session", "")
    if not text and coming.device_id is None:
        return None
    rows = CaptureSession.objects.filter(pk=_uuid(text), dataset=dataset)
    if coming.device_id is not None:
        rows = rows.filter(device_id=coming.device_id)
    session = rows.first()
    if session is None:
        raise Refused(NO_SESSION, field="session")
    return session


def _uuid(text: str) -> UUID:
    """What is no id is nobody's: the nil id."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _sequence(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= MAX_SEQUENCE):
        raise Refused("sequence: write a whole number from 0.", field="sequence")
    return int(text)


def _moment(text: str, field: str) -> str:
    """As it was said. A clock that is wrong is no reason to refuse; what is no time at all is."""
    if text:
        try:
            datetime.fromisoformat(text)
        except ValueError as error:
            raise Refused(f"{field}: write a time such as 2026-11-21T14:03:12.250Z.", field=field) from error
    return text


def _camera(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        camera = json.loads(text) if len(text) <= CAMERA_LETTERS and "\\u0000" not in text else None
    except ValueError:
        camera = None
    if not isinstance(camera, dict):
        raise Refused("camera: write the settings as a JSON object of at most 8,000 letters.", field="camera")
    return camera
