"""Versions: a fixed list of portraits with one crop recipe. What training reads; later decisions do not change it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class DatasetVersion(models.Model):
    """An immutable list. `recipe` says how each portrait is cut and scaled; `fingerprint` hashes list and recipe."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dataset = models.ForeignKey("datasets.Dataset", models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=100, default="", blank=True)
    note = models.TextField(default="", blank=True)
    recipe = models.JSONField()
    # The filter or selection that it was frozen from, for people to read.
    query = models.JSONField(default=dict)
    count = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=list)  # [{"reason": "...", "count": n}]: what the recipe could not cut
    fingerprint = models.CharField(max_length=64, default="", blank=True)
    job_id = models.UUIDField(null=True)
    is_frozen = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["dataset", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def subject(self) -> str:
        return f"version:{self.id}"


class VersionItem(models.Model):
    """One portrait of a version, with the quadrilateral of the original that becomes the training picture."""

    version = models.ForeignKey(DatasetVersion, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    # A portrait in a version is not purged from the bin.
    portrait = models.ForeignKey("datasets.Portrait", models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    corners = models.JSONField()  # [[x, y] * 4] upper left, lower left, lower right, upper right, in upright pixels

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="one_item_per_position")]

    def __str__(self) -> str:
        return f"{self.position} of {self.version_id}"


class VersionExport(models.Model):
    """A version as files: made by a job on demand, kept as a blob."""

    class Kind(models.TextChoices):
        ZIP = "zip"
        FOLDER = "folder"
        TFRECORD = "tfrecord"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(DatasetVersion, models.CASCADE, related_name="exports")
    kind = models.CharField(max_length=10, choices=Kind)
    job_id = models.UUIDField(null=True)
    blob = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "kind"], name="one_export_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.version_id}"
