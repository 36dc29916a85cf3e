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
    # RouteSpecs and CueActions as JSON, each with an id of its own.
    routes = models.JSONField(default=list)
    actions = models.JSONField(default=list)
    projection = models.ForeignKey("projections.Projection", models.SET_NULL, null=True, related_name="scenes")
    # Somebody wants that projection although it was made with another network.
    is_projection_forced = models.BooleanField(default=False)
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


class ScenePreset(models.Model):
    """A part of a scene that somebody saved, to be used in other scenes of the project or sent as a file."""

    class Kind(models.TextChoices):
        PARAMETERS = "parameters"
        ROUTES = "routes"
        SIGNALS = "signals"
        BENDS = "bends"
        SCENE = "scene"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="scene_presets")
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=10, choices=Kind)
    visualizer = models.CharField(max_length=60)
    # {"parameters": …, "routes": […], "actions": […]}: what it holds of each.
    content = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["project", "created_at"], name="scene_preset_of_project")]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"preset:{self.id}"


class SceneCurves(models.Model):
    """Every signal and route of a scene as one packed file, made by a render service once for the same content."""

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="scene_curves")
    scene = models.ForeignKey(Scene, models.CASCADE, related_name="curves")
    key = models.CharField(max_length=64)
    job_id = models.UUIDField(null=True, db_index=True)
    blob = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["used_at", "id"]
        constraints = [models.UniqueConstraint(fields=["scene", "key"], name="one_file_of_curves_per_content")]

    def __str__(self) -> str:
        return f"curves {self.key[:8]}"


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
