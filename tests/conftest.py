"""What every test may ask for. Sample data are read beside the repository and never committed."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
IS_CI = os.environ.get("CI", "").lower() == "true"


def missing(sentence: str) -> None:
    """Skip with a sentence on a user's machine; fail in CI, where nothing that should run is skipped."""
    if IS_CI:
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def sample_data() -> Path:
    """The folder of real music, portraits, snapshots and reference outputs."""
    folder = Path(os.environ.get("PHOSPHENE_TEST_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        missing(f"There are no sample data at {folder}. Set PHOSPHENE_TEST_DATA to the folder that holds them.")
    return folder


@pytest.fixture(scope="session")
def spec_folder(sample_data: Path) -> Path:
    """The folder of specifications with their reference pictures, beside the sample data."""
    folder = sample_data.parent / "specs"
    if not folder.is_dir():
        missing(f"There are no reference pictures at {folder}.")
    return folder
