"""A kind of upload that keeps what arrived."""

from collections.abc import Callable
from typing import Any

import pytest

from studio.blobs import uploads
from studio.blobs.models import Blob, Upload
from studio.blobs.uploads import UploadRefused
from tests.studio.conftest import ApiClient
from tests.studio.tus import TusClient


def keep(upload: Upload, blob: Blob) -> str:
    """What the kind `test` does with a finished upload."""
    if upload.name.startswith("refuse"):
        raise UploadRefused(f"“{upload.name}” is no sound. Nothing was kept.")
    return f"/things/{blob.sha256}"


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(uploads.UPLOAD_KINDS, "test", "tests.studio.blobs.conftest.keep")


@pytest.fixture(autouse=True)
def folder(tmp_path, settings: Any) -> None:
    """Each test has a data folder of its own."""
    settings.STUDIO_DATA = tmp_path
    settings.FREE_BYTES_FLOOR = 0


@pytest.fixture
def tus(owner, as_user: Callable[..., ApiClient]) -> TusClient:
    return TusClient(as_user(owner))
