"""A project's device and its token, and a hub that knows nothing of other tests."""

from collections.abc import Iterator

import pytest

from studio.datasets.models import CaptureDevice
from studio.services.capture_hub import hub
from tests.studio.capture.devices import add


@pytest.fixture(autouse=True)
def _empty_hub() -> Iterator[None]:
    yield
    hub.clear()


@pytest.fixture
def paired(project, owner) -> tuple[CaptureDevice, str]:
    return add(project, owner)
