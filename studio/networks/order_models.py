"""What a render service makes of a snapshot on demand: sheets, directions, harvests, exports. One job each."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class OrderState(models.TextChoices):
    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"


class Ordered(models.Model):
    """Follows its job; `key` is the hash of all that the result depends on beside the snapshot."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=64)
    order = models.JSONField(default=dict)
    job_id = models.UUIDField(null=True, db_index=True)
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.WAITING)
    sentence = models.TextField(default="", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.key[:8]}"


class Sheet(Ordered):
    """Pictures of one snapshot side by side. `asked_at`: when a page last wanted it."""

    snapshot = models.ForeignKey("networks.Snapshot", models.CASCADE, related_name="sheets")
    blob = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["snapshot", "key"], name="one_sheet_per_order")]


class Directions(Ordered):
    """Directions in w that were found in a snapshot. `names`: {"0": "Age"}, `shares`: their parts of the variance."""

    snapshot = models.ForeignKey("networks.Snapshot", models.CASCADE, related_name="directions")
    blob = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    method = models.CharField(max_length=20)
    count = models.PositiveIntegerField(default=0)
    shares = models.JSONField(default=list)
    names = models.JSONField(default=dict)

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name_plural = "directions"
        constraints = [models.UniqueConstraint(fields=["snapshot", "key"], name="one_directions_per_order")]

    @property
    def subject(self) -> str:
        return f"directions:{self.id}"


class Harvest(Ordered):
    """Random pictures with or without a face: a sheet to look at, and a zip with JSON beside each picture."""

    snapshot = models.ForeignKey("networks.Snapshot", models.CASCADE, related_name="harvests")
    sheet = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    zip = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    @property
    def subject(self) -> str:
        return f"harvest:{self.id}"


class SnapshotExport(Ordered):
    """The weights in another tool's form. Made again when it is asked for after it was cleared away."""

    snapshot = models.ForeignKey("networks.Snapshot", models.CASCADE, related_name="exports")
    form = models.CharField(max_length=20)
    name = models.CharField(max_length=255)
    blob = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["snapshot", "key"], name="one_export_per_form")]

    @property
    def subject(self) -> str:
        return f"export:{self.id}"
