"""Opening a session: by password, with a brake on guessing, or by a link that works once."""

from datetime import timedelta

from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils import timezone

from studio.accounts import brake
from studio.accounts.models import SignInFailure, SignInLink, User, new_token, token_sha256

# Wrong passwords within the window before nobody may try: one account from one address, one account, one address.
PAIR_LIMIT, ACCOUNT_LIMIT, ADDRESS_LIMIT = 5, 30, 30
WINDOW = timedelta(minutes=15)
LINK_HOURS = 24
WRONG = "That email and password do not belong together. Check both, or ask for a sign-in link."
LINK_SPENT = "This link was used, or it is too old. Ask for a new one, or sign in with your password."


class SignInRefused(Exception):
    """Shown to the person as it stands. `wait_seconds` says when trying again makes sense."""

    def __init__(self, message: str, *, wait_seconds: int = 0) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


def by_password(request: HttpRequest, *, email: str, password: str) -> User:
    """The person with that password. Raises SignInRefused, for a while even for the right password."""
    keys = _keys(email, str(request.META.get("REMOTE_ADDR", "")))
    _refuse_guessing(keys)
    user = authenticate(request, username=email.strip().lower(), password=password)
    if not isinstance(user, User):
        brake.note(*keys)
        raise SignInRefused(WRONG)
    SignInFailure.objects.filter(Q(key=keys[0]) | Q(at__lt=timezone.now() - WINDOW)).delete()
    return user


def make_link(user: User, *, hours: float = LINK_HOURS) -> str:
    """A new one-time token for /sign-in/<token>/; older unused ones of that person end."""
    token = new_token("once")
    SignInLink.objects.filter(user=user, used_at=None).update(expires_at=timezone.now())
    expires_at = timezone.now() + timedelta(hours=hours)
    SignInLink.objects.create(user=user, token_sha256=token_sha256(token), expires_at=expires_at)
    return token


def by_link(token: str) -> User:
    """The person whose link this is; it works once. Raises SignInRefused."""
    rows = SignInLink.objects.filter(token_sha256=token_sha256(token), used_at=None, expires_at__gt=Now())
    with transaction.atomic():
        link = rows.select_related("user").first()
        if link is None or not link.user.is_active or not rows.update(used_at=Now()):
            raise SignInRefused(LINK_SPENT)
    return link.user


def _refuse_guessing(keys: list[str]) -> None:
    for key, limit in zip(keys, (PAIR_LIMIT, ACCOUNT_LIMIT, ADDRESS_LIMIT), strict=True):
        wait = brake.seconds_to_wait(key, limit=limit, window=WINDOW)
        if wait:
            sentence = f"Too many wrong passwords. Wait {brake.minutes(wait)} min, then try again."
            raise SignInRefused(sentence, wait_seconds=wait)


def _keys(email: str, address: str) -> list[str]:
    parts = (f"{email.strip().lower()} from {address}", f"account {email.strip().lower()}", f"address {address}")
    return [brake.key_of(part) for part in parts]
