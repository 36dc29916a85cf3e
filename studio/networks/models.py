"""Network and snapshot: an architecture with its training history, and one set of its weights."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from studio.networks.import_models import SnapshotImport
from studio.networks.order_models import Directions, Harvest, OrderState, Sheet, SnapshotExport
from studio.networks.pin_models import Pin, PinPath

__all__ = [
    "Directions",
    "Harvest",
    "Network",
    "OrderState",
    "Pin",
    "PinPath",
    "Sheet",
    "Snapshot",
    "SnapshotExport",
    "SnapshotImport",
]


class Network(models.Model):
    """What snapshots belong to. A pattern network has a species and a seed; an imported one has neither.

    `stem` is what the names of its files have in common, by which later files of the same training are recognised.
    """

    class Kind(models.TextChoices):
        STYLEGAN2 = "stylegan2"
        STYLEGAN3 = "stylegan3"
        CPPN = "cppn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="networks")
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=20, default="", blank=True)
    species = models.CharField(max_length=20, default="", blank=True)
    seed = models.BigIntegerField(null=True, blank=True)
    notes = models.TextField(default="", blank=True)
    tags = models.JSONField(default=list, blank=True)
    stem = models.CharField(max_length=255, default="", blank=True)
    job_id = models.UUIDField(null=True)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["project", "created_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"network:{self.id}"


class Snapshot(models.Model):
    """One set of weights: our safetensors in `blob`; the file it came from, untouched, in `original`.

    `training`: what a training that begins with it goes on from, its discriminator too, where the studio trained it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Network, models.CASCADE, related_name="snapshots")
    name = models.CharField(max_length=255)
    order = models.PositiveIntegerField(default=0)
    blob = models.ForeignKey("blobs.Blob", models.PROTECT, related_name="+")
    original = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    training = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    original_name = models.CharField(max_length=255, default="", blank=True)
    original_md5 = models.CharField(max_length=32, default="", blank=True)
    original_sha256 = models.CharField(max_length=64, default="", blank=True)
    kind = models.CharField(max_length=20)
    resolution = models.PositiveIntegerField(default=0)
    z_dim = models.PositiveIntegerField(default=0)
    w_dim = models.PositiveIntegerField(default=0)
    num_ws = models.PositiveIntegerField(default=0)
    num_classes = models.PositiveIntegerField(default=0)
    kimg = models.FloatField(null=True, blank=True)
    facts = models.JSONField(default=dict)
    thumbnail = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    notes = models.TextField(default="", blank=True)
    tags = models.JSONField(default=list, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["network_id", "order", "created_at", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"snapshot:{self.id}"
