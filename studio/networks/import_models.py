"""The fate of each file that was sent to become a snapshot."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class SnapshotImport(models.Model):
    """One file. Its row keeps the blob until a service has read or refused it, and stays to tell what became of it.

    `wanted` is the network that the person named, `snapshot` what it became (or, for a known file, what it is already).
    """

    class Fate(models.TextChoices):
        WAITING = "waiting"
        READING = "reading"
        KEPT = "kept"
        KNOWN = "known"
        REFUSED = "refused"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="snapshot_imports")
    wanted = models.ForeignKey("networks.Network", models.SET_NULL, null=True, related_name="imports")
    snapshot = models.ForeignKey("networks.Snapshot", models.CASCADE, null=True, related_name="imports")
    original = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=255)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    fate = models.CharField(max_length=10, choices=Fate, default=Fate.WAITING)
    sentence = models.TextField(default="", blank=True)
    job_id = models.UUIDField(null=True, unique=True)
    upload_id = models.UUIDField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["project", "created_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"import:{self.id}"
