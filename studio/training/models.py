"""Runs of training: one clock each, however many jobs it takes; what was said of them, and what they made."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class TrainingUpload(models.Model):
    """A zip of pictures in the standard form that somebody sent. Its id is that of the upload it came by.

    `facts`: {"names": formats, "classes": n or 0, "mixed": whether its pictures differ in size}.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="training_uploads")
    name = models.CharField(max_length=255)
    blob = models.ForeignKey("blobs.Blob", models.PROTECT, related_name="+")
    count = models.PositiveIntegerField()
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    num_classes = models.PositiveIntegerField(default=0)
    facts = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name


class TrainingRun(models.Model):
    """From pictures to snapshots. Exactly one of `version` and `upload` is named at its start.

    `config` is the TrainingConfig it began with; the length and the distance of snapshots that are wanted now stand in
    `total_kimg` and `snapshot_kimg`. `about` keeps in words what it was made from, for when that is gone.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        STARTING = "starting"
        TRAINING = "training"
        YIELDING = "yielding"
        PAUSED = "paused"
        STOPPED = "stopped"
        DONE = "done"
        FAILED = "failed"

    class Wanted(models.TextChoices):
        RUN = "run"
        PAUSE = "pause"
        STOP = "stop"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="training_runs")
    name = models.CharField(max_length=255)
    notes = models.TextField(default="", blank=True)
    network = models.ForeignKey("networks.Network", models.SET_NULL, null=True, related_name="training_runs")
    version = models.ForeignKey("datasets.DatasetVersion", models.SET_NULL, null=True, related_name="training_runs")
    upload = models.ForeignKey(TrainingUpload, models.SET_NULL, null=True, related_name="runs")
    start = models.ForeignKey("networks.Snapshot", models.SET_NULL, null=True, related_name="begun_runs")
    about = models.JSONField(default=dict)
    config = models.JSONField()
    fit = models.CharField(max_length=10, default="exact")
    aspect = models.FloatField(null=True, blank=True)
    total_kimg = models.FloatField()
    snapshot_kimg = models.FloatField()
    snapshot_now = models.PositiveIntegerField(default=0)
    wanted = models.CharField(max_length=5, choices=Wanted, default=Wanted.RUN)

    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    phase = models.CharField(max_length=10, default="", blank=True)
    kimg = models.FloatField(default=0.0)
    seconds = models.FloatField(default=0.0)
    # The newest Tick as it came, and when it was last told to the pages.
    latest = models.JSONField(default=dict)
    told_at = models.DateTimeField(null=True)
    sentence = models.TextField(default="", blank=True)
    # It failed because a loss was no number: other settings may help, the same ones will not.
    has_diverged = models.BooleanField(default=False)
    warnings = models.JSONField(default=list)
    # The job at work or the last one, and the kimg at which it began; the export that is waited for.
    job_id = models.UUIDField(null=True, db_index=True)
    job_kimg = models.FloatField(default=0.0)
    export_job_id = models.UUIDField(null=True, db_index=True)
    service_name = models.CharField(max_length=100, default="", blank=True)
    device = models.CharField(max_length=200, default="", blank=True)
    # The service that holds its job has gone away; it may come back, or another goes on.
    is_deserted = models.BooleanField(default=False)
    checkpoint = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    checkpoint_kimg = models.FloatField(default=0.0)
    # The network that FID and its like are measured on, as the operator supplied it when the run was last begun.
    features = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")

    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["project", "created_at"], name="training_of_project")]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"training:{self.id}"


ENDED = (TrainingRun.State.PAUSED, TrainingRun.State.STOPPED, TrainingRun.State.DONE, TrainingRun.State.FAILED)


class TrainingTick(models.Model):
    """What was measured up to `kimg`, as means over the last `span` of it. Older ones are merged: see `ticks.py`."""

    run = models.ForeignKey(TrainingRun, models.CASCADE, related_name="ticks")
    kimg = models.FloatField()
    span = models.FloatField(default=0.0)
    seconds = models.FloatField(default=0.0)
    values = models.JSONField(default=dict)

    class Meta:
        ordering = ["kimg"]
        constraints = [models.UniqueConstraint(fields=["run", "kimg"], name="one_tick_per_kimg")]

    def __str__(self) -> str:
        return f"{self.kimg:g} of {self.run_id}"


class TrainingSample(models.Model):
    """What was made at a snapshot: the snapshot itself, a sheet of the run's fixed vectors, metrics."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(TrainingRun, models.CASCADE, related_name="samples")
    kimg = models.FloatField()
    seconds = models.FloatField(default=0.0)
    snapshot = models.ForeignKey("networks.Snapshot", models.SET_NULL, null=True, related_name="training_samples")
    grid = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    width_px = models.PositiveIntegerField(default=0)
    height_px = models.PositiveIntegerField(default=0)
    metrics = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["kimg"]
        constraints = [models.UniqueConstraint(fields=["run", "kimg"], name="one_sample_per_kimg")]

    def __str__(self) -> str:
        return f"{self.kimg:g} of {self.run_id}"


class TrainingTry(models.Model):
    """A few steps on random pictures, to say how long and how large a run would be. `key` hashes what decides that.

    `measured` is what a service found, on `device`; the same settings on another device are another row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, db_index=True)
    job_id = models.UUIDField(null=True, db_index=True)
    state = models.CharField(max_length=10, default="waiting")
    sentence = models.TextField(default="", blank=True)
    device = models.CharField(max_length=200, default="", blank=True)
    measured = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"try {self.key[:8]}"
