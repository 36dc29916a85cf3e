import uuid

import pytest
from django.http import Http404

from studio.projects import access
from studio.projects.models import Membership, Project

pytestmark = pytest.mark.django_db


def test_a_stranger_finds_nothing(project, person):
    with pytest.raises(Http404):
        access.project_or_404(person("Stranger"), project.pk)


def test_an_unknown_project_looks_like_a_foreign_one(owner):
    with pytest.raises(Http404):
        access.project_or_404(owner, uuid.uuid4())


@pytest.mark.parametrize(
    ("role", "may", "allowed"),
    [
        ("viewer", access.VIEW, True),
        ("viewer", access.EDIT, False),
        ("editor", access.EDIT, True),
        ("editor", access.OWN, False),
        ("owner", access.OWN, True),
    ],
)
def test_each_role_may_do_its_part_and_no_more(project, member, role, may, allowed):
    user = member(role)
    if allowed:
        assert access.project_or_404(user, project.pk, may=may) == project
    else:
        with pytest.raises(access.PermissionRefused, match="owner"):
            access.project_or_404(user, project.pk, may=may)


def test_a_person_who_was_switched_off_sees_nothing(project, owner):
    owner.is_active = False
    owner.save()
    assert not access.may_see(owner.pk, project.pk)
    with pytest.raises(Http404):
        access.project_or_404(owner, project.pk)


def test_a_row_is_reached_through_its_project(project, owner, person):
    membership = Membership.objects.get(project=project)
    assert access.thing_or_404(owner, Membership, membership.pk) == membership
    with pytest.raises(Http404):
        access.thing_or_404(person("Stranger"), Membership, membership.pk)


def test_a_project_in_the_bin_is_gone_for_everybody(project, owner):
    Project.objects.filter(pk=project.pk).update(binned_at=project.created_at)
    with pytest.raises(Http404):
        access.project_or_404(owner, project.pk)
