"""Who may see or change what: the one place that decides it.

A stranger gets 404, so that ids cannot be guessed; a member whose role is too small gets 403 with a sentence.
"""

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404

from studio.projects.models import Membership, Project, Role

VIEW, EDIT, OWN = "view", "edit", "own"
RANK = {Role.VIEWER: 0, Role.EDITOR: 1, Role.OWNER: 2}
NEEDS = {VIEW: 0, EDIT: 1, OWN: 2}
SENTENCES = {
    EDIT: "You can look at this project, not change it. Ask an owner to make you an editor.",
    OWN: "Only owners of this project may do that. Ask one of them.",
}

Row = TypeVar("Row", bound=Model)


class PermissionRefused(Exception):
    """A member whose role is too small. Shown to the person as it stands, as 403."""


def role_of(user: Any, project_id: UUID | str) -> Role | None:
    """The person's role in a project that is not in the bin, or None."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return None
    role = Membership.objects.filter(user=user, project_id=project_id, project__binned_at=None).values_list(
        "role", flat=True
    )
    return next((Role(found) for found in role), None)


def may_see(user_id: UUID | str, project_id: UUID | str) -> bool:
    """Whether that person is still a member: what an open socket asks again and again."""
    return Membership.objects.filter(
        user_id=user_id, user__is_active=True, project_id=project_id, project__binned_at=None
    ).exists()


def projects_of(user: Any) -> "QuerySet[Project]":
    """The projects that this person is a member of, the bin excepted."""
    if not getattr(user, "is_authenticated", False):
        return Project.objects.none()
    return Project.objects.filter(memberships__user=user, binned_at=None)


def project_or_404(user: Any, project_id: UUID | str, *, may: str = VIEW) -> Project:
    """That project, if this person may do that with it. Raises Http404 or PermissionRefused."""
    _require(role_of(user, project_id), may)
    return Project.objects.get(pk=project_id)


def thing_or_404(
    user: Any, model: "type[Row] | QuerySet[Row]", pk: UUID | str | int, *, may: str = VIEW, path: str = "project"
) -> Row:
    """A row whose project is found along `path`, such as "track__project". Raises Http404 or PermissionRefused."""
    rows = model if isinstance(model, QuerySet) else model._default_manager.all()
    column = f"{path}_id" if path == "project" else f"{path}__id"
    project_id = rows.filter(pk=pk).values_list(column, flat=True).first()
    if project_id is None:
        raise Http404
    _require(role_of(user, project_id), may)
    return rows.get(pk=pk)


def _require(role: Role | None, may: str) -> None:
    if role is None:
        raise Http404
    if RANK[role] < NEEDS[may]:
        raise PermissionRefused(SENTENCES[may])
