"""The demo project: something to hear, see and render from the first minute on. What people do to it stays."""

import subprocess
import sys

from studio.accounts.models import User
from studio.errors import Refused
from studio.projects.models import Membership, Project, Role
from studio.scenes.models import Scene
from studio.settings.environment import REPOSITORY

LIMIT_SECONDS = 300


def ensure_demo(owner: User) -> Project:
    """The demo project of this studio, made in a child process unless it is whole. Raises Refused when that fails."""
    project = Project.objects.filter(is_demo=True).order_by("created_at").first()
    if project is None or not is_whole(project):
        _make(owner)
        project = Project.objects.get(is_demo=True)
    if not Membership.objects.filter(project=project).exists():
        Membership.objects.create(project=project, user=owner, role=Role.OWNER)
    return project


def is_whole(project: Project) -> bool:
    """Whether there is nothing left to make; a scene that somebody binned counts as made."""
    return project.binned_at is not None or Scene.objects.filter(project=project).exists()


def _make(owner: User) -> None:
    """numpy, scipy and the sound stay in the child, so that the supervisor stays small."""
    command = [sys.executable, "manage.py", "make_demo", str(owner.pk)]
    try:
        made = subprocess.run(
            command, cwd=REPOSITORY, timeout=LIMIT_SECONDS, capture_output=True, text=True, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(f"The demo project was not ready after {LIMIT_SECONDS} s. Start the studio again.") from error
    if made.returncode != 0:
        said = made.stderr.strip().splitlines() or ["it said nothing"]
        raise Refused(f"The demo project could not be made: {said[-1]}")
