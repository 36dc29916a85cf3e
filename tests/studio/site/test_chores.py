from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from studio.accounts import sign_in
from studio.accounts.models import SignInFailure, SignInLink
from studio.events.models import Event
from studio.events.record import record
from studio.site.chores import run_chores

pytestmark = pytest.mark.django_db


def test_old_progress_goes_and_what_people_did_stays(project):
    with transaction.atomic():
        for kind in ("job.changed", "cue.added", "render.progress"):
            record(project.pk, kind, subject="x", payload={})
    Event.objects.update(created_at=timezone.now() - timedelta(days=8))
    with transaction.atomic():
        record(project.pk, "job.changed", subject="x", payload={})
    run_chores()
    assert list(Event.objects.values_list("number", "kind")) == [(2, "cue.added"), (4, "job.changed")]


def test_sessions_links_and_wrong_passwords_that_are_over_are_forgotten(owner, as_user):
    as_user(owner)
    sign_in.make_link(owner)
    SignInFailure.objects.create(key="x")
    run_chores()
    counts = (Session.objects.count(), SignInLink.objects.count(), SignInFailure.objects.count())
    assert counts == (1, 1, 1)
    long_ago = timezone.now() - timedelta(days=30)
    Session.objects.update(expire_date=long_ago)
    SignInLink.objects.update(expires_at=long_ago)
    SignInFailure.objects.update(at=long_ago)
    run_chores()
    counts = (Session.objects.count(), SignInLink.objects.count(), SignInFailure.objects.count())
    assert counts == (0, 0, 0)
