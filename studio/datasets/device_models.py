"""Capture devices: a paired Raspberry Pi (or any computer with a camera) that may upload into one project."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class CaptureDevice(models.Model):
    """A paired device. Only a hash of its token is kept; it opens this project's capture and nothing else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="devices")
    name = models.CharField(max_length=100)
    token_sha256 = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=16)
    # What it said of itself when it dialled in, and the newest status it sent (capture_agent.protocol).
    hello = models.JSONField(default=dict)
    status = models.JSONField(default=dict)
    attach_id = models.UUIDField(null=True)  # which connection is the living one; None is away
    last_seen_at = models.DateTimeField(null=True)
    paired_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    paired_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["paired_at", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"device:{self.id}"


class Pairing(models.Model):
    """A code on a device's screen, until a person types it into the page: it lives 10 minutes and 5 wrong guesses."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=12, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    device_name = models.CharField(max_length=100)
    wrong_guesses = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    device = models.ForeignKey(CaptureDevice, models.CASCADE, null=True, related_name="+")
    collected_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"pairing of {self.device_name}"
