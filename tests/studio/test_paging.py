"""Lists go on where they stopped, also among things made at the same moment."""

import pytest
from django.utils import timezone

from studio.networks.models import Network
from studio.paging import page_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("newest_first", [False, True])
def test_every_row_comes_once(project, newest_first):
    now = timezone.now()
    for index in range(7):
        Network.objects.create(project=project, name=str(index), created_at=now)
    seen, after = [], None
    while True:
        page, after = page_of(Network.objects.all(), after=after, newest_first=newest_first, size=3)
        seen += [row.pk for row in page]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 7


def test_the_newest_stand_first_when_asked(project):
    made = [Network.objects.create(project=project, name=name) for name in ("a", "b", "c")]
    page, after = page_of(Network.objects.all(), after=None, newest_first=True)
    assert [row.pk for row in page] == [row.pk for row in reversed(made)]
    assert after is None


def test_a_page_that_is_just_full_is_the_last(project):
    for name in "abc":
        Network.objects.create(project=project, name=name)
    assert page_of(Network.objects.all(), after=None, size=3)[1] is None
