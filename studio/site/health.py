"""/healthz says that the process answers; /readyz that it can do its work, check by check."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from studio.blobs.store import readable_size


@dataclass(frozen=True)
class Check:
    name: str
    ok: bool
    sentence: str


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True})


def readyz(request: HttpRequest) -> JsonResponse:
    checks = [check() for check in CHECKS]
    ok = all(check.ok for check in checks)
    answer = JsonResponse({"ok": ok, "checks": [asdict(check) for check in checks]}, status=200 if ok else 503)
    if not ok:
        answer.headers["Retry-After"] = "5"
    return answer


def database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Check("database", False, "The database does not answer. Start it, or mend STUDIO_DATABASE_URL.")
    return Check("database", True, "The database answers.")


def migrations() -> Check:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return Check("migrations", False, "The database does not answer.")
    if waiting:
        return Check("migrations", False, f"{len(waiting)} migrations wait. Run manage.py migrate.")
    return Check("migrations", True, "The tables are up to date.")


def storage() -> Check:
    folder = settings.STUDIO_DATA
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"x" * 4096)
            probe.flush()
    except OSError as error:
        return Check("storage", False, f"The data folder cannot be written ({error.strerror}).")
    return Check("storage", True, "The data folder can be written.")


def free_space() -> Check:
    try:
        free = shutil.disk_usage(settings.STUDIO_DATA).free
    except OSError as error:
        return Check("free space", False, f"The data folder cannot be read ({error.strerror}).")
    if free < settings.FREE_BYTES_FLOOR:
        return Check("free space", False, f"Only {readable_size(free)} are free. Free some space on the studio's disk.")
    return Check("free space", True, f"{readable_size(free)} are free.")


CHECKS: list[Callable[[], Check]] = [database, migrations, storage, free_space]
