"""Settings of the tests: a folder of their own, quick password hashes, short leases, a pretended front end build."""

import os
import tempfile
from pathlib import Path

from studio.settings.databases import database

# Child processes of a test, such as the worker's hands, find the same folder.
_data = os.environ.get("STUDIO_TEST_FOLDER") or tempfile.mkdtemp(prefix="phosphene-test-")
os.environ["STUDIO_TEST_FOLDER"] = os.environ["STUDIO_DATA"] = _data
os.environ.setdefault("STUDIO_URL", "http://testserver")

from studio.settings.base import *  # noqa: E402, F403
from studio.settings.base import ALLOWED_HOSTS, DATABASES, WEBPACK_LOADER  # noqa: E402

ALLOWED_HOSTS += ["testserver"]
if os.environ.get("STUDIO_TEST_DATABASE_URL"):
    DATABASES["default"] = database(os.environ["STUDIO_TEST_DATABASE_URL"])
else:
    # A file, because threads and child processes must see the same rows.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(_data) / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WEBPACK_LOADER["DEFAULT"]["LOADER_CLASS"] = "webpack_loader.loaders.FakeWebpackLoader"
EVENT_POLL_SECONDS = 0.05
RIGHTS_SECONDS = 0.3
SCORING_LINGER_SECONDS = 0.0
