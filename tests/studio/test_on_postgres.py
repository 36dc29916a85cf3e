"""The promises about rows, leases, events and uploads hold on PostgreSQL as on SQLite: the same tests, run again."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.conftest import REPOSITORY
from tests.services import Postgres, postgres

ROWS = ["capture/test_pairing.py", "blobs/test_tus.py", "blobs/test_store.py", "events", "jobs", "projects"]
ARRIVALS = ["datasets/test_ingest.py", "datasets/test_datasets_api.py"]
LIBRARY = ["datasets/test_library_api.py", "datasets/test_bin.py", "datasets/test_decisions.py"]
SCALE = ["datasets/test_query.py", "datasets/test_at_scale.py", "datasets/test_face_filter.py"]

NETWORKS = ["networks"]
TRAINING = ["training/test_runs.py", "training/test_pictures.py", "training/test_ticks.py"]

ENGINE = ["projections", "scenes/test_driven.py", "scenes/test_presets.py"]
DESK = [f"tracks/test_{name}.py" for name in ("edits", "edits_of_two", "edits_of_grids", "versions")]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """One for all groups: the first makes the tables, each leaves them empty for the next."""
    with postgres() as running:
        yield running


@pytest.mark.skipif("STUDIO_TEST_DATABASE_URL" in os.environ, reason="This run is on another database already.")
@pytest.mark.parametrize(
    "names",
    [ROWS, ARRIVALS, LIBRARY, SCALE, NETWORKS, TRAINING, ENGINE, DESK],
    ids=["rows", "arrivals", "library", "scale", "networks", "training", "engine", "desk"],
)
def test_the_same_tests_pass_on_postgresql(server: Postgres, names: list[str]):
    environment = os.environ | {"STUDIO_TEST_DATABASE_URL": server.url}
    environment.pop("STUDIO_TEST_FOLDER", None)
    folders = [f"tests/studio/{name}" for name in names]
    quietly = ["-q", "-x", "-p", "no:cacheprovider", "-m", "not soak", "--reuse-db"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quietly, *folders],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
