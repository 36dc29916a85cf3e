"""Files by their content, and uploads on their way to become one."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Blob(models.Model):
    """A file in the store. It has no name and no owner: the rows that point at it have."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    # When somebody last stored the same bytes again: the sweep counts its 24 hours from here.
    touched_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.sha256[:4]}…{self.sha256[-4:]}"


class Upload(models.Model):
    """A tus upload. `offset` is the number of bytes that are safely stored, never more."""

    class State(models.TextChoices):
        OPEN = "open"
        FINISHING = "finishing"
        DONE = "done"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="uploads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="uploads")
    # The render service or the capture device that sends, when it is not a person.
    service_id = models.UUIDField(null=True)
    device_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="", blank=True)  # as it was announced
    stored_sha256 = models.CharField(max_length=64, default="", blank=True)  # as it is, noted before the bytes move
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    # Bytes arrive in one request at a time: the row is taken before a chunk is written, by a guarded update.
    busy_until = models.DateTimeField(null=True)
    blob = models.ForeignKey(Blob, models.SET_NULL, null=True, related_name="+")
    target = models.JSONField(default=dict)
    result_url = models.CharField(max_length=300, default="", blank=True)
    # What a sender may delete its own copy for, such as "<portrait id>:<sha256>".
    receipt = models.CharField(max_length=100, default="", blank=True)
    error = models.TextField(default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name
