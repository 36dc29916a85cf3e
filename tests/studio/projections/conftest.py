"""The owner at the API, and services that project."""

import pytest

from tests.studio.services.conftest import other_service as other_service
from tests.studio.services.conftest import service as service


@pytest.fixture
def client(owner, as_user):
    return as_user(owner)
