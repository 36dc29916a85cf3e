"""Render: a film of a scene with its frozen recipe. Its job and that job's segments say how far it has got."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Render(models.Model):
    """One film, draft or final. What it is made from never changes; only a fallback may make a new recipe revision."""

    class Quality(models.TextChoices):
        DRAFT = "draft"
        FINAL = "final"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="renders")
    scene = models.ForeignKey("scenes.Scene", models.SET_NULL, null=True, related_name="renders")
    name = models.CharField(max_length=255)
    quality = models.CharField(max_length=8, choices=Quality, default=Quality.FINAL)
    recipe = models.JSONField()
    recipe_revision = models.PositiveIntegerField(default=1)
    recipe_sha256 = models.CharField(max_length=64)
    job = models.OneToOneField("jobs.Job", models.PROTECT, related_name="render")
    join_job = models.OneToOneField("jobs.Job", models.SET_NULL, null=True, related_name="joins")
    track_name = models.CharField(max_length=255)
    scene_name = models.CharField(max_length=255)
    first_frame = models.PositiveIntegerField()
    end_frame = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    fps = models.CharField(max_length=20)
    film = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    # What all services together draw now, measured here; from where and when it is measured; when pages were last told.
    frames_per_second = models.FloatField(null=True)
    measured_at = models.DateTimeField(null=True)
    measured_done = models.PositiveIntegerField(default=0)
    told_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["project", "-created_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"render:{self.id}"

    @property
    def frames_total(self) -> int:
        return self.end_frame - self.first_frame


class RenderInput(models.Model):
    """A file that the recipe names. The row keeps it, and lets the services that draw this render fetch it."""

    render = models.ForeignKey(Render, models.CASCADE, related_name="inputs")
    blob = models.ForeignKey("blobs.Blob", models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    name = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["render", "blob", "role"], name="one_input_per_role")]

    def __str__(self) -> str:
        return f"{self.role} {self.name}"


class SegmentFilm(models.Model):
    """The committed film of one segment, without sound."""

    segment = models.OneToOneField("jobs.Segment", models.CASCADE, related_name="film", primary_key=True)
    blob = models.ForeignKey("blobs.Blob", models.PROTECT, related_name="+")
    seconds_encoding = models.FloatField(default=0.0)

    def __str__(self) -> str:
        return f"segment {self.segment_id}"


class RenderThumb(models.Model):
    """A small picture of one frame, there as soon as its segment is."""

    render = models.ForeignKey(Render, models.CASCADE, related_name="thumbs")
    frame = models.PositiveIntegerField()
    blob = models.ForeignKey("blobs.Blob", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["frame"]
        constraints = [models.UniqueConstraint(fields=["render", "frame"], name="one_thumb_per_frame")]

    def __str__(self) -> str:
        return f"frame {self.frame}"


class DebugFilm(models.Model):
    """A part of a scene beside plots of all its signals, to see what drives what. Made whole by one job."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="debug_films")
    scene = models.ForeignKey("scenes.Scene", models.SET_NULL, null=True, related_name="debug_films")
    name = models.CharField(max_length=255)
    scene_name = models.CharField(max_length=255, default="")
    first_frame = models.PositiveIntegerField()
    end_frame = models.PositiveIntegerField()
    fps = models.CharField(max_length=20)
    job = models.ForeignKey("jobs.Job", models.PROTECT, related_name="+")
    film = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"debug_film:{self.id}"
