"""A dataset, a paired device, and pictures that are really pictures."""

import hashlib
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio.accounts.models import User
from studio.datasets.devices import pair
from studio.datasets.models import CaptureDevice, CaptureSession, Dataset
from studio.projects.models import Project
from tests.studio.conftest import ApiClient
from tests.studio.tus import TusClient


def picture(number: int = 0, *, size: tuple[int, int] = (60, 40), kind: str = "JPEG", **options: Any) -> bytes:
    """A small picture; another number, another content."""
    values = np.random.default_rng(number).integers(0, 255, (size[1], size[0], 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, kind, **options)
    return buffer.getvalue()


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(autouse=True)
def folder(tmp_path, settings: Any) -> None:
    """Each test has a data folder of its own."""
    settings.STUDIO_DATA = tmp_path
    settings.FREE_BYTES_FLOOR = 0


@pytest.fixture
def dataset(project: Project, owner: User) -> Dataset:
    return Dataset.objects.create(project=project, name="faces", created_by=owner)


@pytest.fixture
def paired(project: Project, owner: User) -> tuple[CaptureDevice, str]:
    """A device of the project and its token."""
    return pair(project, name="Attic Pi", by=owner)


@pytest.fixture
def sitting(dataset: Dataset, paired: tuple[CaptureDevice, str]) -> CaptureSession:
    """A session of the device."""
    return CaptureSession.objects.create(dataset=dataset, device=paired[0], source="device", name="First sitting")


@pytest.fixture
def tus(owner: User, as_user: Callable[..., ApiClient]) -> TusClient:
    """The owner, in a browser."""
    return TusClient(as_user(owner))


@pytest.fixture
def camera(paired: tuple[CaptureDevice, str]) -> TusClient:
    """The device."""
    return TusClient(ApiClient(), token=paired[1])
