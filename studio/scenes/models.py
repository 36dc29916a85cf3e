"""Scene: track, visualizer, snapshots and parameters. Its history lets a group undo and merge."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Scene(models.Model):
    """What can be previewed and rendered. `parameters` holds what somebody set; the rest are defaults."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="scenes")
    name = models.CharField(max_length=255)
    track = models.ForeignKey("tracks.Track", models.RESTRICT, related_name="scenes")
    visualizer = models.CharField(max_length=60)
    parameters = models.JSONField(default=dict)
    snapshots = models.ManyToManyField("networks.Snapshot", through="SceneSnapshot", related_name="scenes")
    width = models.PositiveIntegerField(default=512)
    height = models.PositiveIntegerField(default=512)
    fps = models.CharField(max_length=20, default="30")
    # Every change raises `revision`. `head` is the step of the history that is shown, `redo` the steps ahead of it.
    revision = models.PositiveIntegerField(default=1)
    head = models.PositiveIntegerField(default=1)
    redo = models.JSONField(default=list)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["project", "created_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"scene:{self.id}"


class SceneSnapshot(models.Model):
    """A snapshot at its place in the scene's list: the first is for the quietest music, the last for the loudest."""

    scene = models.ForeignKey(Scene, models.CASCADE, related_name="places")
    snapshot = models.ForeignKey("networks.Snapshot", models.RESTRICT, related_name="places")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["scene", "position"], name="one_snapshot_per_place")]

    def __str__(self) -> str:
        return f"{self.position}: {self.snapshot_id}"


class SceneRevision(models.Model):
    """A scene as it stood after a change; `parent` is the step that undo goes back to."""

    scene = models.ForeignKey(Scene, models.CASCADE, related_name="history")
    number = models.PositiveIntegerField()
    parent = models.PositiveIntegerField(null=True)
    fields = models.JSONField(default=list)
    state = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["scene", "number"], name="one_state_per_revision")]

    def __str__(self) -> str:
        return f"revision {self.number}"


class Route(models.Model):
    """This curve drives that parameter."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scene = models.ForeignKey(Scene, models.CASCADE, related_name="routes")
    parameter = models.CharField(max_length=80)
    source = models.CharField(max_length=80)
    amount = models.FloatField(default=0.0)
    attack_seconds = models.FloatField(default=0.0)
    release_seconds = models.FloatField(default=0.0)
    shape = models.JSONField(default=dict)
    is_bypassed = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.source} drives {self.parameter}"


class VisualizerCatalogue(models.Model):
    """The visualizers that a render service last announced, so that pages work while none is attached."""

    name = models.CharField(max_length=60, primary_key=True)
    position = models.PositiveIntegerField(default=0)
    entry = models.JSONField()
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name
