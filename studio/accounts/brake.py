"""The brake: what may be tried only so often, such as a password or the code of a camera.

Each try is a row that lives for an hour. Keys are hashed, so that the table holds nobody's mistyped email.
"""

import hashlib
from datetime import timedelta

from django.utils import timezone

from studio.accounts.models import SignInFailure


def key_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def note(*keys: str) -> None:
    """One more try under each of these keys."""
    SignInFailure.objects.bulk_create([SignInFailure(key=key) for key in keys])


def seconds_to_wait(key: str, *, limit: int, window: timedelta) -> int:
    """How long until another try is allowed: 0 while there were fewer than `limit` within `window`."""
    since = timezone.now() - window
    rows = SignInFailure.objects.filter(key=key, at__gt=since).order_by("-at")
    times = list(rows.values_list("at", flat=True)[:limit])
    if len(times) < limit:
        return 0
    return max(int((times[-1] + window - timezone.now()).total_seconds()), 1)


def minutes(seconds: int) -> int:
    """For a sentence: whole minutes, at least one."""
    return max(round(seconds / 60), 1)
