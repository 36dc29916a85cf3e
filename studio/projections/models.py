"""Projections: a video, a picture or portraits found again in a snapshot's latent space, and their targets."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class ProjectionTarget(models.Model):
    """A video or a picture that somebody sent to be projected. Its id is that of the upload it came by.

    `facts`, once the worker has looked: {"kind", "width", "height", "fps", "frames", "seconds", "notes"}.
    """

    class State(models.TextChoices):
        LOOKING = "looking"
        READY = "ready"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="projection_targets")
    name = models.CharField(max_length=255)
    # Empty once it was refused: what cannot be projected is not kept, only the sentence that says why.
    blob = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    thumbnail = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.LOOKING)
    facts = models.JSONField(default=dict)
    sentence = models.TextField(default="", blank=True)
    job_id = models.UUIDField(null=True, db_index=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"projection_target:{self.id}"


class Projection(models.Model):
    """One search, however many jobs it takes, or a file that somebody sent. At most one of `target`, `version` is set.

    `about` keeps in words what it was made from, for when that is gone. `network_md5` is that of the file which the
    person brought, `weights` the hash of our own copy of it.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        STARTING = "starting"
        PROJECTING = "projecting"
        CHECKING = "checking"
        PAUSED = "paused"
        STOPPED = "stopped"
        DONE = "done"
        FAILED = "failed"

    class Wanted(models.TextChoices):
        RUN = "run"
        PAUSE = "pause"
        STOP = "stop"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="projections")
    name = models.CharField(max_length=255)
    notes = models.TextField(default="", blank=True)
    snapshot = models.ForeignKey("networks.Snapshot", models.SET_NULL, null=True, related_name="projections")
    network_md5 = models.CharField(max_length=32, default="", blank=True)
    network_name = models.CharField(max_length=255, default="", blank=True)
    weights = models.CharField(max_length=64, default="", blank=True)
    target = models.ForeignKey(ProjectionTarget, models.SET_NULL, null=True, related_name="projections")
    version = models.ForeignKey("datasets.DatasetVersion", models.SET_NULL, null=True, related_name="projections")
    about = models.JSONField(default=dict)
    config = models.JSONField(default=dict)
    is_imported = models.BooleanField(default=False)
    wanted = models.CharField(max_length=5, choices=Wanted, default=Wanted.RUN)

    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    sentence = models.TextField(default="", blank=True)
    warnings = models.JSONField(default=list)
    # The newest ProjectionTick as it came, and when it was last told to the pages.
    latest = models.JSONField(default=dict)
    told_at = models.DateTimeField(null=True)
    frames_total = models.PositiveIntegerField(default=0)
    frames_done = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0.0)
    evaluations = models.BigIntegerField(default=0)
    # The job at work or the last one; the export or the look at a file that is waited for; the review's own job.
    job_id = models.UUIDField(null=True, db_index=True)
    before_job_id = models.UUIDField(null=True, db_index=True)
    review_job_id = models.UUIDField(null=True, db_index=True)
    service_name = models.CharField(max_length=100, default="", blank=True)
    device = models.CharField(max_length=200, default="", blank=True)
    is_deserted = models.BooleanField(default=False)
    # What came of it: the HDF5 file, the film that shows it, and what the file holds.
    file = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    review = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    is_complete = models.BooleanField(default=False)
    facts = models.JSONField(default=dict)
    convergence = models.JSONField(default=dict)

    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["project", "created_at"], name="projection_of_project")]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"projection:{self.id}"


ENDED = (Projection.State.PAUSED, Projection.State.STOPPED, Projection.State.DONE, Projection.State.FAILED)


class ProjectionFrames(models.Model):
    """Frames `first` … `end` - 1 as they were handed in. `latents` is our own file of them, which a resumed job reads.

    `losses` and `steps` have one number for each of them; `picture` shows target beside result of the last.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    projection = models.ForeignKey(Projection, models.CASCADE, related_name="frames")
    first = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    losses = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    latents = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    picture = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["first"]
        constraints = [models.UniqueConstraint(fields=["projection", "first"], name="one_batch_per_first_frame")]

    def __str__(self) -> str:
        return f"{self.first}–{self.end} of {self.projection_id}"
