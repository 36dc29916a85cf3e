"""Datasets, capture sessions and portraits. A portrait's original never changes; all else can be made again from it.

Portraits are counted in tens of thousands, so their rows are lean: facts that no list needs lie in `PortraitFacts`,
decisions in a table of their own (`decisions.py`), versions in theirs (`versions.py`).
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from studio.datasets.archive_models import ArchivedFile, ArchiveImport
from studio.datasets.decision_models import Decision, DecisionBatch, DecisionChange, SavedView, SelectionDownload
from studio.datasets.device_models import CaptureDevice, Pairing
from studio.datasets.version_models import DatasetVersion, VersionExport, VersionItem

__all__ = [
    "ArchiveImport",
    "ArchivedFile",
    "CaptureDevice",
    "CaptureSession",
    "Dataset",
    "DatasetVersion",
    "Decision",
    "DecisionBatch",
    "DecisionChange",
    "Pairing",
    "Portrait",
    "PortraitFacts",
    "SavedView",
    "SelectionDownload",
    "VersionExport",
    "VersionItem",
]


def _order(column: str, *beside: str, name: str) -> models.Index:
    """An order of the grid. `beside` is what a pass over all rows reads: from the index alone, a fifth of the table."""
    return models.Index(fields=["dataset", column, "id", *beside], condition=Q(binned_at=None), name=name)


FILTERED: tuple[str, ...] = (
    "session",
    "state",
    "faces",
    "face_px",
    "sharpness",
    "clipped",
    "brightness",
    "roll",
    "yaw",
    "off_centre",
)
FILTERED += ("stack", "is_stack_top", "binned_at")


class Dataset(models.Model):
    """A library of portraits. Devices know it by its name, unique among a project's living ones."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="datasets")
    name = models.CharField(max_length=200)
    note = models.TextField(default="", blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    binned_at = models.DateTimeField(null=True, blank=True)
    # How far arrivals were told to the pages, and when: they come faster than anybody needs to hear of them.
    announced_id = models.BigIntegerField(default=0)
    announced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name"], condition=Q(binned_at=None), name="one_living_dataset_of_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"dataset:{self.id}"


class CaptureSession(models.Model):
    """One sitting, or one import. A device chooses the id itself, so that it can begin without a network."""

    class Source(models.TextChoices):
        DEVICE = "device"
        UPLOAD = "upload"
        ARCHIVE = "archive"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="sessions")
    device = models.ForeignKey(CaptureDevice, models.SET_NULL, null=True, related_name="sessions")
    source = models.CharField(max_length=10, choices=Source)
    name = models.CharField(max_length=200, default="", blank=True)
    prompt = models.CharField(max_length=300, default="", blank=True)
    place = models.CharField(max_length=200, default="", blank=True)
    # What was wished and what the camera did: {"wished": {...}, "effective": {...}}.
    camera = models.JSONField(default=dict)
    # The studio's clock less the device's, when it last told its own: a Pi has none that survives a power cut.
    clock_offset_seconds = models.FloatField(default=0.0)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["started_at", "id"]
        indexes = [models.Index(fields=["dataset", "started_at"])]

    def __str__(self) -> str:
        return self.name or f"{self.started_at:%d %B %Y}"

    @property
    def subject(self) -> str:
        return f"session:{self.id}"


class Portrait(models.Model):
    """One picture of a dataset: its files and its scores. `taken_at` is the grid's order, by the studio's clock."""

    class State(models.TextChoices):
        ARRIVED = "arrived"
        READY = "ready"
        BROKEN = "broken"

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="portraits")
    session = models.ForeignKey(CaptureSession, models.CASCADE, related_name="portraits")
    original = models.ForeignKey("blobs.Blob", models.PROTECT, related_name="+")
    # The same bytes are kept once in a dataset. (The blob's key is this hash too; here it is for the constraint.)
    sha256 = models.CharField(max_length=64)
    thumb = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    view = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=255)
    sequence = models.PositiveIntegerField(default=0)
    taken_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    bytes = models.BigIntegerField(default=0)
    width_px = models.PositiveIntegerField(default=0)
    height_px = models.PositiveIntegerField(default=0)
    format = models.CharField(max_length=10, default="", blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.ARRIVED)
    error = models.CharField(max_length=300, default="", blank=True)
    binned_at = models.DateTimeField(null=True, blank=True)

    # Scores, empty until `scored_by` names the models that gave them, such as "dlib-hog 20.0; focus 1; hash 1".
    scored_by = models.CharField(max_length=80, default="", blank=True)
    faces = models.PositiveSmallIntegerField(null=True)
    face_px = models.PositiveIntegerField(null=True)  # side of the largest face, in pixels of the original
    face_x = models.FloatField(null=True)  # its centre, as a share of width and height, 0 to 1
    face_y = models.FloatField(null=True)
    off_centre = models.FloatField(null=True)  # distance of that centre from the picture's, in percent of the width
    roll = models.FloatField(null=True)  # degrees, counter-clockwise positive; None without landmarks or a fit
    yaw = models.FloatField(null=True)
    sharpness = models.FloatField(null=True)  # 0 to 100, inside the largest face, else of the whole picture
    clipped = models.FloatField(null=True)  # percent of pixels that are black or burnt out
    brightness = models.FloatField(null=True)  # mean of luma, 0 to 100
    dhash = models.BigIntegerField(null=True)  # 64 bits, as a signed number
    phash = models.BigIntegerField(null=True)
    # Near duplicates share `stack`, the id of the one on top; None stands alone.
    stack = models.BigIntegerField(null=True)
    stack_size = models.PositiveIntegerField(default=1)
    is_stack_top = models.BooleanField(default=True)

    class Meta:
        ordering = ["taken_at", "id"]
        constraints = [models.UniqueConstraint(fields=["dataset", "sha256"], name="one_portrait_per_content")]
        indexes = [
            # The grid's orders. PostgreSQL does not see that past `binned_at IS NULL` an index is in order still.
            _order("taken_at", *FILTERED, name="portrait_by_time"),
            _order("received_at", name="portrait_by_arrival"),
            _order("sharpness", name="portrait_by_sharpness"),
            _order("face_px", name="portrait_by_face"),
            models.Index(
                fields=["dataset", "taken_at", "id"], condition=Q(binned_at__isnull=False), name="portrait_in_bin"
            ),
            models.Index(fields=["dataset", "id"], condition=Q(scored_by=""), name="portrait_unscored"),
            models.Index(fields=["session", "taken_at", "id"], name="portrait_of_session"),
            models.Index(fields=["session", "sequence"], name="portrait_by_sequence"),
            models.Index(fields=["dataset", "stack"], name="portrait_stack"),
        ]

    def __str__(self) -> str:
        return self.name


class PortraitFacts(models.Model):
    """What only the loupe, a crop or a new scoring needs. Nothing of it is written into a served picture."""

    portrait = models.OneToOneField(Portrait, models.CASCADE, primary_key=True, related_name="facts")
    # [{"box": [x, y, w, h], "score": s, "points": [[x, y], ...] or null}], in pixels of the upright original.
    faces = models.JSONField(default=list)
    exif = models.JSONField(default=dict)  # without GPS
    camera = models.JSONField(default=dict)  # the side-car's effective settings
    taken_at_said = models.CharField(max_length=40, default="", blank=True)  # the device's own clock, as it came

    def __str__(self) -> str:
        return f"facts of {self.portrait_id}"
