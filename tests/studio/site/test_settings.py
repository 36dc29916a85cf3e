import os
import subprocess
import sys

import pytest

from studio.errors import SettingsError
from studio.settings.databases import database
from studio.settings.environment import is_loopback, read
from tests.conftest import REPOSITORY


@pytest.fixture
def environ(tmp_path):
    return {"STUDIO_DATA": str(tmp_path / "data")}


def test_nothing_set_means_loopback_sqlite_and_no_other_server(environ, tmp_path):
    found = read(environ)
    assert (found.url, found.is_loopback, found.redis_url, found.s3) == ("http://127.0.0.1:8000", True, None, None)
    assert found.database_url == f"sqlite:///{tmp_path / 'data' / 'studio.sqlite3'}"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "fast", 'PORT="fast": use a whole number from 1 to 65535.'),
        ("PORT", "70000", 'PORT="70000": use a whole number from 1 to 65535.'),
        ("STUDIO_URL", "studio", 'STUDIO_URL="studio": use an address such as https://studio.example.org.'),
        ("STUDIO_GPU_SERVICE", "maybe", 'STUDIO_GPU_SERVICE="maybe": use yes or no.'),
        ("STUDIO_LEASE_SECONDS", "nan", 'STUDIO_LEASE_SECONDS="nan": use a number from 0.5 to 3600.'),
        ("STUDIO_SECRET_KEY", "short", "STUDIO_SECRET_KEY is too short: use at least 50 random characters."),
    ],
)
def test_a_wrong_value_says_what_to_write(environ, name, value, sentence):
    with pytest.raises(SettingsError) as refused:
        read(environ | {name: value})
    assert str(refused.value) == sentence


def test_an_unknown_database_is_refused_with_what_to_write():
    with pytest.raises(SettingsError, match="use sqlite:///path or postgres://"):
        database("mysql://somewhere/x")


def test_a_secret_may_stand_in_a_file_and_only_once(environ, tmp_path):
    file = tmp_path / "password"
    file.write_text("from a file\n")
    assert read(environ | {"STUDIO_PASSWORD_FILE": str(file)}).password == "from a file"
    with pytest.raises(SettingsError, match="both set"):
        read(environ | {"STUDIO_PASSWORD_FILE": str(file), "STUDIO_PASSWORD": "x"})
    with pytest.raises(SettingsError, match="cannot be read"):
        read(environ | {"STUDIO_PASSWORD_FILE": "/nowhere"})


def test_the_secret_key_is_made_once_and_only_this_account_reads_it(environ, tmp_path):
    first, second = read(environ), read(environ)
    path = tmp_path / "data" / "secret-key"
    assert first.secret_key == second.secret_key == path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(first.secret_key) >= 50


def test_several_machines_need_a_key_of_their_own_choice(environ):
    several = environ | {"HOST": "0.0.0.0", "STUDIO_DATABASE_URL": "postgres://db/x"}
    with pytest.raises(SettingsError, match="STUDIO_SECRET_KEY is not set"):
        read(several)


@pytest.mark.parametrize(
    ("host", "alone"),
    [("localhost", True), ("127.0.0.9", True), ("::1", True), ("0.0.0.0", False), ("10.0.0.1", False)],
)
def test_only_loopback_is_loopback(host, alone):
    assert is_loopback(host) is alone


def test_sqlite_waits_and_writes_ahead():
    options = database("sqlite:////tmp/phosphene-test/x.sqlite3")["OPTIONS"]
    assert (options["timeout"], options["transaction_mode"]) == (20, "IMMEDIATE")
    assert "journal_mode=WAL" in options["init_command"]


def manage(tmp_path, *arguments, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("STUDIO_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=REPOSITORY,
        env=clean | {"STUDIO_DATA": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_deployment_check_is_clean_behind_https(tmp_path):
    https = {"STUDIO_URL": "https://studio.example.org", "STUDIO_BEHIND_PROXY": "yes", "HOST": "0.0.0.0"}
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **https)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize("redis", [{}, {"STUDIO_REDIS_URL": "redis://127.0.0.1:6379"}])
def test_a_second_studio_process_is_refused_with_redis_too(tmp_path, redis):
    done = manage(tmp_path, "check", STUDIO_PROCESSES="2", **redis)
    assert done.returncode == 1
    assert "STUDIO_PROCESSES=2: the studio runs as one process" in done.stderr


def test_no_migration_is_missing_and_the_schema_is_the_same_twice(tmp_path):
    assert manage(tmp_path, "makemigrations", "--check", "--dry-run").returncode == 0
    first, second = (manage(tmp_path, "openapi").stdout for _ in range(2))
    assert first == second
    assert '"/api/v1/projects/{project_id}/tracks"' in first
