"""Archives of pictures that somebody sent, and what became of each file in them."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class ArchiveImport(models.Model):
    """One archive on its way into a dataset. `position` is how many of its files are settled: a retry goes on there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dataset = models.ForeignKey("datasets.Dataset", models.CASCADE, related_name="imports")
    name = models.CharField(max_length=255)
    # Kept until the last file is settled.
    archive = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    job_id = models.UUIDField(null=True)
    files = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    unpacked_bytes = models.BigIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"dataset:{self.dataset_id}"


class ArchivedFile(models.Model):
    """One file of an archive and its fate."""

    class Fate(models.TextChoices):
        TAKEN = "taken"
        KNOWN = "known"
        REFUSED = "refused"

    archive = models.ForeignKey(ArchiveImport, models.CASCADE, related_name="settled")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    fate = models.CharField(max_length=7, choices=Fate)
    reason = models.CharField(max_length=300, default="", blank=True)
    portrait_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["archive", "position"], name="one_fate_per_file")]

    def __str__(self) -> str:
        return f"{self.name}: {self.fate}"
