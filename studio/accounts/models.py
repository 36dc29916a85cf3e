"""People, and the three things that open a session for them: a password, a one-time link, an API token."""

import hashlib
import secrets
import uuid
from collections import Counter
from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

COLOURS = ("red", "orange", "yellow", "green", "blue", "violet", "pink", "grey")
# In the order of coming. Red is not among them: one's own playhead is red, and theirs stand beside it.
COLOURS_GIVEN = ("blue", "orange", "violet", "green", "pink", "yellow", "grey")


def token_sha256(token: str) -> str:
    """Tokens are random and long, so a plain hash is enough: nobody can guess back from it."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token(prefix: str) -> str:
    """A random token that says what it is for, so that a leaked one is recognised. 43 random characters."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **{"hue": self.rarest_hue(), **fields})
        user.set_password(password)
        user.save(using=self._db)
        return user

    def rarest_hue(self) -> str:
        """That fewest have, so that people who work together can be told apart."""
        had = Counter(self.values_list("hue", flat=True))
        return min(COLOURS_GIVEN, key=lambda hue: had[hue])

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractUser):
    """Signs in by email. `preferences` holds the theme and the lane settings, in the pages' own words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=100)
    email = models.EmailField(unique=True)
    # One of COLOURS, given when somebody comes; the same for everybody who looks.
    hue = models.CharField(max_length=10, default="", blank=True)
    preferences = models.JSONField(default=dict)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_email")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        words = (self.name or self.email).split()
        return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper() if words else "?"

    @property
    def colour(self) -> str:
        """That of their playhead, their name's disc, and what they have chosen."""
        return self.hue or COLOURS[self.id.int % len(COLOURS)]

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class SignInLink(models.Model):
    """A link that signs one person in, once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_in_links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link for {self.user_id}"


class ApiToken(models.Model):
    """What a script shows instead of a session. Only a hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    token_sha256 = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=16)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name


class SignInFailure(models.Model):
    """A try that failed, kept for an hour: it slows down guessing, per account, per address, per person (brake.py)."""

    key = models.CharField(max_length=100, db_index=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.key
