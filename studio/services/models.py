"""Render services: the tokens they carry, what they said of themselves, and the stages they have worked out."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class ServiceToken(models.Model):
    """What a service shows when it dials in. Only a hash is kept; the token itself is shown once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    token_sha256 = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=16)
    is_embedded = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name


class RenderService(models.Model):
    """A running gpu_service, known by its own instance id, attached or away."""

    class State(models.TextChoices):
        ATTACHED = "attached"
        AWAY = "away"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    instance_id = models.UUIDField()
    name = models.CharField(max_length=100)
    token = models.ForeignKey(ServiceToken, models.CASCADE, related_name="services")
    state = models.CharField(max_length=10, choices=State, default=State.AWAY)
    # Which attachment is the living one: a socket that closes late must not mark its successor as away.
    attach_id = models.UUIDField(null=True)
    attached_at = models.DateTimeField(null=True)
    away_since = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    hello = models.JSONField(default=dict)
    busy = models.JSONField(default=dict)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["token", "instance_id"], name="one_row_per_instance")]

    def __str__(self) -> str:
        return self.name


class StageResult(models.Model):
    """The result of a long stage, shared by preview, film and every service. `key` hashes all that it was made from."""

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    visualizer = models.CharField(max_length=60)
    stage = models.CharField(max_length=60)
    blob = models.ForeignKey("blobs.Blob", models.PROTECT, related_name="+")
    job_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "key"], name="one_result_per_stage_key")]

    def __str__(self) -> str:
        return f"{self.stage} {self.key[:8]}"
