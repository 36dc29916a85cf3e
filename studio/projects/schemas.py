"""What the API says and hears of projects."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema

RoleName = Literal["owner", "editor", "viewer"]


class ProjectIn(Schema):
    name: str = Field(min_length=1, max_length=100)


class ProjectOut(Schema):
    """`tracks`, `scenes` and `renders` count what is not in the bin."""

    id: UUID
    name: str
    role: RoleName
    is_demo: bool
    updated_at: datetime
    tracks: int
    scenes: int
    renders: int

    @staticmethod
    def resolve_tracks(project: Any) -> int:
        return int(project.count_of_tracks)

    @staticmethod
    def resolve_scenes(project: Any) -> int:
        return int(project.count_of_scenes)

    @staticmethod
    def resolve_renders(project: Any) -> int:
        return int(project.count_of_renders)


class ProjectList(Schema):
    items: list[ProjectOut]


class PersonOut(Schema):
    id: UUID
    name: str
    email: str
    initials: str
    colour: str


class MemberOut(Schema):
    user: PersonOut
    role: RoleName


class MemberList(Schema):
    items: list[MemberOut]


class RoleIn(Schema):
    role: RoleName


class InvitationOut(Schema):
    id: UUID
    role: RoleName
    created_at: datetime
    expires_at: datetime


class InvitationMade(InvitationOut):
    """`url` is shown this once."""

    url: str


class InvitationList(Schema):
    items: list[InvitationOut]


class InvitedOut(Schema):
    project_name: str
    role: RoleName
    invited_by: str
    expires_at: datetime


class AcceptIn(Schema):
    """Nothing for whoever is signed in; else who they are, with a password to come back with."""

    name: str = Field("", max_length=100)
    email: str = Field("", max_length=254)
    password: str = Field("", max_length=200)


class AcceptedOut(Schema):
    project_id: UUID
