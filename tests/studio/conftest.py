"""People, projects and a client that speaks JSON, for every test of the studio."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from studio.accounts.models import User
from studio.projects.models import Membership, Project, Role
from tests.conftest import missing


class ApiClient(Client):
    """A signed-in (or not) browser: JSON in, JSON out, under /api/v1."""

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        data = "" if body is None else json.dumps(body)
        return self.generic(method, f"/api/v1{path}", data, content_type="application/json", headers=headers or None)


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Makes a person; called with a name, "Ines" becomes ines@example.org."""

    def make(name: str = "Ines", **fields: Any) -> User:
        return User.objects.create_user(f"{name.lower()}@example.org", "a-long-password", name=name, **fields)

    return make


@pytest.fixture
def owner(person: Callable[..., User]) -> User:
    return person("Ines")


@pytest.fixture
def project(owner: User) -> Project:
    """A project that `owner` owns."""
    project = Project.objects.create(name="Saltworks")
    Membership.objects.create(project=project, user=owner, role=Role.OWNER)
    return project


@pytest.fixture
def member(person: Callable[..., User], project: Project) -> Callable[[str], User]:
    """Makes a person with that role in `project`."""

    def make(role: str) -> User:
        user = person(f"The {role}".replace(" ", "-"))
        Membership.objects.create(project=project, user=user, role=role)
        return user

    return make


@pytest.fixture
def as_user() -> Callable[[User | None], ApiClient]:
    """A browser in which that person is signed in."""

    def make(user: User | None) -> ApiClient:
        client = ApiClient()
        if user is not None:
            client.force_login(user)
        return client

    return make


@pytest.fixture
def small_disk(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[Path]:
    """4 MiB, mounted for one test."""
    folder = tmp_path_factory.mktemp("small")
    if os.geteuid() != 0:
        missing("A small disk can only be mounted by root.")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True, text=True)
    if done.returncode != 0:
        missing(f"This machine mounts no tmpfs ({done.stderr.strip()}); ENOSPC is tested without it in test_tus.py.")
    settings.STUDIO_DATA = folder
    yield folder
    subprocess.run(["umount", folder], check=True)
