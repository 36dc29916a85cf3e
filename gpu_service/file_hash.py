"""What a file is known by: the SHA-256 of its bytes."""

import hashlib
from pathlib import Path


def file_sha256(path: Path) -> str:
    """In hexadecimal; read in pieces, however large it is. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
