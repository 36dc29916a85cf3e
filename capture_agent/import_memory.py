"""What an import remembers between two calls: hashes of files that did not change, and uploads that were cut off."""

import contextlib
import sqlite3
import threading
from pathlib import Path

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS hashes (mark TEXT PRIMARY KEY, sha256 TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS uploads"
    " (dataset TEXT NOT NULL, sha256 TEXT NOT NULL, address TEXT NOT NULL, PRIMARY KEY (dataset, sha256))",
)


class ImportMemory:
    """A SQLite file; only a help: what cannot be kept is found out again."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._connection = self._opened(path)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def sha256(self, mark: str) -> str:
        return self._one("SELECT sha256 FROM hashes WHERE mark = ?", mark)

    def keep_sha256(self, mark: str, sha256: str) -> None:
        self._write("INSERT OR REPLACE INTO hashes VALUES (?, ?)", mark, sha256)

    def address(self, dataset: str, sha256: str) -> str:
        """Where the upload of that content into that dataset was begun; empty when it was not."""
        return self._one("SELECT address FROM uploads WHERE dataset = ? AND sha256 = ?", dataset, sha256)

    def keep_address(self, dataset: str, sha256: str, address: str) -> None:
        if address:
            self._write("INSERT OR REPLACE INTO uploads VALUES (?, ?, ?)", dataset, sha256, address)
        else:
            self._write("DELETE FROM uploads WHERE dataset = ? AND sha256 = ?", dataset, sha256)

    def _one(self, statement: str, *values: str) -> str:
        with self._lock, contextlib.suppress(sqlite3.Error):
            row = self._connection.execute(statement, values).fetchone()
            return str(row[0]) if row else ""
        return ""

    def _write(self, statement: str, *values: str) -> None:
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._connection.execute(statement, values)

    @staticmethod
    def _opened(path: Path | None) -> sqlite3.Connection:
        for target in (str(path) if path else ":memory:", ":memory:"):
            try:
                if path and target != ":memory:":
                    path.parent.mkdir(parents=True, exist_ok=True)
                connection = sqlite3.connect(target, check_same_thread=False, isolation_level=None, timeout=5)
                for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", *SCHEMA):
                    connection.execute(statement)
                return connection
            except (sqlite3.Error, OSError):
                continue
        raise AssertionError("SQLite opens no database in memory")
