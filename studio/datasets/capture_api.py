"""What a capture device asks before it sends: its dataset, its session, what is there already. Under /api/v1/capture.

Bearer device token; or a person's API token, for `phosphene-capture upload`, with the project in the body.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router
from ninja.security import HttpBearer

from studio.accounts.auth import user_of_token
from studio.accounts.models import User
from studio.datasets import counts, rules, sessions
from studio.datasets.devices import living_device
from studio.datasets.ingest import receipt_of
from studio.datasets.models import CaptureDevice, Dataset, Portrait
from studio.datasets.present import dataset_out, session_out
from studio.datasets.schemas import CaptureDatasetIn, CaptureSessionIn, DatasetOut, KnownIn, KnownOut, SessionOut
from studio.errors import Refused
from studio.projects.access import EDIT, project_or_404


@dataclass(frozen=True)
class Sender:
    """Who asks: a device of one project, or a person."""

    device: CaptureDevice | None = None
    user: User | None = None

    def project_id(self, named: UUID | None) -> UUID:
        """The device's own project, or the one that the person named and may change. Raises Http404, Refused."""
        if self.device is not None:
            return self.device.project_id
        if named is None:
            raise Refused("Name the project.", field="project")
        return project_or_404(self.user, named, may=EDIT).pk


class CaptureAuth(HttpBearer):
    """Sets request.capture_sender."""

    def authenticate(self, request: HttpRequest, token: str) -> Sender | None:
        device = living_device(token)
        user = None if device else user_of_token(token)
        if device is None and user is None:
            return None
        sender = Sender(device, user)
        request.capture_sender = sender  # type: ignore[attr-defined]
        return sender


router = Router(tags=["capture"], auth=CaptureAuth())


@router.put("/datasets", response=DatasetOut)
def find_or_make_dataset(request: HttpRequest, order: CaptureDatasetIn) -> dict[str, Any]:
    """The living dataset of that name, made unless it is there. 409 when it is, and nothing may be added to it."""
    sender = _sender(request)
    project_id = sender.project_id(order.project)
    found = rules.find_or_make(project_id, name=order.name, append=order.append, create=order.create, by=sender.user)
    return dataset_out(found)


@router.put("/sessions/{uuid:session_id}", response=SessionOut)
def put_session(request: HttpRequest, session_id: UUID, order: CaptureSessionIn) -> dict[str, Any]:
    """Announce a session whose id the sender chose, or say more of it. The same again changes nothing."""
    sender = _sender(request)
    dataset = _dataset_or_404(sender, order.dataset_id, order.project)
    said = order.dict(exclude_unset=True, exclude={"dataset_id", "project"})
    session = sessions.announce_session(session_id, dataset=dataset, device=sender.device, by=sender.user, said=said)
    return session_out(session, counts.of_session(session))


@router.post("/datasets/{uuid:dataset_id}/known", response=KnownOut)
def known(request: HttpRequest, dataset_id: UUID, order: KnownIn) -> dict[str, Any]:
    """Which of these files the dataset has, with their receipts."""
    dataset = _dataset_or_404(_sender(request), dataset_id, order.project)
    wanted = [sha256.lower() for sha256 in order.sha256]
    rows = Portrait.objects.filter(dataset=dataset, sha256__in=wanted).only("sha256")
    return {"known": {portrait.sha256: receipt_of(portrait) for portrait in rows}}


def _dataset_or_404(sender: Sender, dataset_id: UUID, project: UUID | None) -> Dataset:
    project_id = sender.project_id(project)
    dataset = Dataset.objects.filter(pk=dataset_id, project_id=project_id, binned_at=None).first()
    if dataset is None:
        raise Http404
    return dataset


def _sender(request: HttpRequest) -> Sender:
    sender = request.capture_sender  # type: ignore[attr-defined]
    assert isinstance(sender, Sender)
    return sender
