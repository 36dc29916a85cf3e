"""The committed schema is the running one: the front end's types and every client's are made from the file."""

import subprocess
import sys

from tests.conftest import REPOSITORY


def test_the_committed_schema_is_fresh():
    done = subprocess.run(
        [sys.executable, "manage.py", "openapi"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    committed = (REPOSITORY / "docs" / "openapi.json").read_text()
    assert done.stdout == committed, "docs/openapi.json is stale: run `make wire` and commit it."
