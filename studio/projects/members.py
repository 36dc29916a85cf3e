"""Members come by invitation and keep at least one owner among them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Now
from django.http import Http404
from django.utils import timezone

from studio.accounts.models import User, new_token, token_sha256
from studio.accounts.passwords import check_password
from studio.errors import Refused
from studio.events.record import record
from studio.projects.models import Invitation, Membership, Project, Role

INVITATION_DAYS = 7
LAST_OWNER = "A project needs an owner. Make somebody else an owner first."
EMAIL_TAKEN = "Somebody uses that email here already. Sign in first, then open the invitation again."


def invite(project: Project, *, role: str, by: User) -> tuple[Invitation, str]:
    """A link that works once, for seven days. Returns the invitation and its token."""
    token = new_token("join")
    invitation = Invitation.objects.create(
        project=project,
        role=role,
        token_sha256=token_sha256(token),
        created_by=by,
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    return invitation, token


def living(project: Project | None = None) -> Any:
    """Invitations that still open something."""
    rows = Invitation.objects.filter(used_at=None, revoked_at=None, expires_at__gt=Now(), project__binned_at=None)
    return rows if project is None else rows.filter(project=project)


def invitation_or_404(token: str) -> Invitation:
    found = living().filter(token_sha256=token_sha256(token)).select_related("project", "created_by").first()
    if found is None:
        raise Http404
    return found


@transaction.atomic
def accept(invitation: Invitation, *, user: User) -> Membership:
    """Make that person a member; who is one already keeps the higher role. The link is spent."""
    spent = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None)
    if not spent.update(used_at=Now(), used_by=user):
        raise Http404
    membership, is_new = Membership.objects.get_or_create(
        project=invitation.project, user=user, defaults={"role": invitation.role}
    )
    order = [Role.VIEWER, Role.EDITOR, Role.OWNER]
    if not is_new and order.index(Role(invitation.role)) > order.index(Role(membership.role)):
        membership.role = invitation.role
        membership.save(update_fields=["role"])
    tell(membership, actor=user)
    return membership


def new_person(*, name: str, email: str, password: str) -> User:
    """An account for somebody who was invited. Raises Refused, naming the field."""
    if not name.strip():
        raise Refused("Write the name that others shall see.", field="name")
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise Refused("Write your email, such as ines@example.org.", field="email") from error
    if User.objects.filter(email=email.strip().lower()).exists():
        raise Refused(EMAIL_TAKEN, field="email")
    check_password(password, user=User(name=name, email=email))
    return User.objects.create_user(email, password, name=name.strip())


@transaction.atomic
def change_role(project: Project, user_id: UUID, *, role: str, by: User) -> Membership:
    """Give a member another role. Raises Refused for the last owner, Http404 for who is none."""
    membership = _member(project, user_id)
    if role != Role.OWNER:
        _keep_an_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    tell(membership, actor=by)
    return membership


@transaction.atomic
def remove(project: Project, user_id: UUID, *, by: User) -> None:
    """End a membership; the person's open sockets close at the next look at their rights."""
    membership = _member(project, user_id)
    _keep_an_owner(membership)
    membership.delete()
    record(project.pk, "member.removed", subject=f"user:{user_id}", payload={"user": {"id": str(user_id)}}, actor=by)


def as_person(user: User) -> dict[str, Any]:
    return {
        "id": str(user.pk),
        "name": user.name,
        "email": user.email,
        "initials": user.initials,
        "colour": user.colour,
    }


def tell(membership: Membership, *, actor: User) -> None:
    payload = {"user": as_person(membership.user), "role": membership.role}
    record(membership.project_id, "member.changed", subject=f"user:{membership.user_id}", payload=payload, actor=actor)


def _member(project: Project, user_id: UUID) -> Membership:
    rows = Membership.objects.select_for_update().filter(project=project).select_related("user")
    found = rows.filter(user_id=user_id).first()
    if found is None:
        raise Http404
    return found


def _keep_an_owner(membership: Membership) -> None:
    others = Membership.objects.filter(project=membership.project_id, role=Role.OWNER).exclude(pk=membership.pk)
    # Locked, so that two owners who leave at once do not leave a project without one.
    if membership.role == Role.OWNER and not list(others.select_for_update().values_list("pk", flat=True)):
        raise Refused(LAST_OWNER, status=409)
