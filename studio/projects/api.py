"""Projects, their members and the links that invite them."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Now
from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Body, Router

from studio.accounts.auth import anyone, bearer, person_of
from studio.events.record import record
from studio.projects import members
from studio.projects.access import EDIT, OWN, project_or_404, projects_of
from studio.projects.models import Membership, Project, Role
from studio.projects.schemas import (
    AcceptedOut,
    AcceptIn,
    InvitationList,
    InvitationMade,
    InvitationOut,
    InvitedOut,
    MemberList,
    MemberOut,
    ProjectIn,
    ProjectList,
    ProjectOut,
    RoleIn,
)

router = Router(tags=["projects"])


@router.get("/projects", response=ProjectList)
def list_projects(request: HttpRequest) -> dict[str, Any]:
    """The person's projects, the one that changed last first."""
    return {"items": list(_counted(projects_of(request.user), request.user).order_by("-updated_at", "id"))}


@router.post("/projects", response={201: ProjectOut})
def make_project(request: HttpRequest, order: ProjectIn) -> tuple[int, Any]:
    """A new project, owned by whoever makes it."""
    with transaction.atomic():
        project = Project.objects.create(name=order.name.strip() or order.name)
        membership = Membership.objects.create(project=project, user=person_of(request), role=Role.OWNER)
        members.tell(membership, actor=membership.user)
    return 201, _one(project, request.user)


@router.get("/projects/{uuid:project_id}", response=ProjectOut)
def get_project(request: HttpRequest, project_id: UUID) -> Any:
    """One project. 404 for strangers."""
    return _one(project_or_404(request.user, project_id), request.user)


@router.patch("/projects/{uuid:project_id}", response=ProjectOut)
def rename_project(request: HttpRequest, project_id: UUID, change: ProjectIn) -> Any:
    """Give the project another name."""
    project = project_or_404(request.user, project_id, may=EDIT)
    with transaction.atomic():
        Project.objects.filter(pk=project.pk).update(name=change.name.strip() or project.name, updated_at=Now())
        project.refresh_from_db()
        payload = {"id": str(project.pk), "name": project.name}
        record(project.pk, "project.changed", subject=f"project:{project.pk}", payload=payload, actor=request.user)
    return _one(project, request.user)


@router.delete("/projects/{uuid:project_id}", response={204: None})
def bin_project(request: HttpRequest, project_id: UUID) -> tuple[int, None]:
    """Put the project into the bin; owners only. `restore` brings it back."""
    project = project_or_404(request.user, project_id, may=OWN)
    Project.objects.filter(pk=project.pk).update(binned_at=Now())
    return 204, None


@router.post("/projects/{uuid:project_id}/restore", response=ProjectOut)
def restore_project(request: HttpRequest, project_id: UUID) -> Any:
    """Take a project out of the bin; for its owners."""
    rows = Project.objects.filter(pk=project_id, memberships__user=person_of(request), memberships__role=Role.OWNER)
    project = rows.first()
    if project is None:
        raise Http404
    Project.objects.filter(pk=project.pk).update(binned_at=None, updated_at=Now())
    return _one(project, request.user)


@router.get("/projects/{uuid:project_id}/members", response=MemberList)
def list_members(request: HttpRequest, project_id: UUID) -> dict[str, Any]:
    """Who works on the project, in the order of coming."""
    project = project_or_404(request.user, project_id)
    return {"items": list(project.memberships.select_related("user"))}


@router.patch("/projects/{uuid:project_id}/members/{uuid:user_id}", response=MemberOut)
def change_member(request: HttpRequest, project_id: UUID, user_id: UUID, change: RoleIn) -> Any:
    """Give a member another role; owners only. 409 for the last owner."""
    project = project_or_404(request.user, project_id, may=OWN)
    return members.change_role(project, user_id, role=change.role, by=person_of(request))


@router.delete("/projects/{uuid:project_id}/members/{uuid:user_id}", response={204: None})
def remove_member(request: HttpRequest, project_id: UUID, user_id: UUID) -> tuple[int, None]:
    """End a membership: an owner anybody's, everybody their own."""
    person = person_of(request)
    project = project_or_404(person, project_id, **({} if user_id == person.pk else {"may": OWN}))
    members.remove(project, user_id, by=person)
    return 204, None


@router.get("/projects/{uuid:project_id}/invitations", response=InvitationList)
def list_invitations(request: HttpRequest, project_id: UUID) -> dict[str, Any]:
    """Links that were not used yet; owners only."""
    return {"items": list(members.living(project_or_404(request.user, project_id, may=OWN)))}


@router.post("/projects/{uuid:project_id}/invitations", response={201: InvitationMade})
def make_invitation(request: HttpRequest, project_id: UUID, order: RoleIn) -> tuple[int, dict[str, Any]]:
    """A link for one person with that role; owners only."""
    project = project_or_404(request.user, project_id, may=OWN)
    invitation, token = members.invite(project, role=order.role, by=person_of(request))
    url = settings.STUDIO_URL + reverse("join", args=[token])
    return 201, {**InvitationOut.from_orm(invitation).dict(), "url": url}


@router.delete("/projects/{uuid:project_id}/invitations/{uuid:invitation_id}", response={204: None})
def revoke_invitation(request: HttpRequest, project_id: UUID, invitation_id: UUID) -> tuple[int, None]:
    """The link opens nothing from now on; owners only."""
    project = project_or_404(request.user, project_id, may=OWN)
    if not members.living(project).filter(pk=invitation_id).update(revoked_at=Now()):
        raise Http404
    return 204, None


@router.get("/invitations/{token}", response=InvitedOut, auth=None)
def get_invitation(request: HttpRequest, token: str) -> dict[str, Any]:
    """What a link invites to. 404 when it was used, revoked or is too old."""
    found = members.invitation_or_404(token)
    by = found.created_by.name if found.created_by else ""
    return {
        "project_name": found.project.name,
        "role": found.role,
        "invited_by": by,
        "expires_at": found.expires_at,
    }


@router.post("/invitations/{token}/accept", response=AcceptedOut, auth=[bearer, anyone])
def accept_invitation(request: HttpRequest, token: str, who: AcceptIn | None = Body(None)) -> dict[str, Any]:
    """Become a member: as whoever is signed in, or as a new person, who is then signed in."""
    found = members.invitation_or_404(token)
    user = request.user if request.user.is_authenticated else None
    with transaction.atomic():
        joining = user or members.new_person(**(who or AcceptIn.model_validate({})).model_dump())
        membership = members.accept(found, user=joining)
    if user is None:
        login(request, joining, backend="django.contrib.auth.backends.ModelBackend")
    return {"project_id": membership.project_id}


def _counted(rows: "QuerySet[Project]", user: Any) -> "QuerySet[Project]":
    """With the person's role, and how much of each kind is in the project."""
    counts = {
        f"count_of_{kind}": Count(kind, Q(**{f"{kind}__binned_at": None}), distinct=True)
        for kind in ("tracks", "scenes", "renders")
    }
    return rows.filter(memberships__user=user).annotate(role=F("memberships__role"), **counts)


def _one(project: Project, user: Any) -> Any:
    return _counted(Project.objects.filter(pk=project.pk), user).get()
