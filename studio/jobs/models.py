"""Slow work as rows: a job, and the segments of a job that many may work on at once. Both are leased."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

MAX_ATTEMPTS = 3


class State(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = (State.DONE, State.FAILED, State.CANCELLED)


class Leased(models.Model):
    """What can be claimed. `fence` grows with every claim; a write that carries an older one is refused."""

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    leased_by = models.CharField(max_length=100, default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    error = models.TextField(default="", blank=True)

    class Meta:
        abstract = True


class Job(Leased):
    class RunsOn(models.TextChoices):
        WORKER = "worker"
        SERVICE = "service"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project_id = models.UUIDField(null=True, db_index=True)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    runs_on = models.CharField(max_length=10, choices=RunsOn)
    payload = models.JSONField(default=dict)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    unit = models.CharField(max_length=20, default="", blank=True)
    message = models.CharField(max_length=300, default="", blank=True)
    max_attempts = models.PositiveSmallIntegerField(default=MAX_ATTEMPTS)
    cancel_requested = models.BooleanField(default=False)
    # False where trying again cannot help, such as a file that was refused and is not kept.
    may_retry = models.BooleanField(default=True)
    result = models.JSONField(null=True)
    subject = models.CharField(max_length=100, default="", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    progress_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["runs_on", "state", "queued_at"], name="job_queue"),
            models.Index(fields=["project_id", "-created_at"], name="job_of_project"),
        ]

    def __str__(self) -> str:
        return self.title


class Segment(Leased):
    """Frames [first_frame, end_frame) of a job. `done` counts the frames drawn so far by whoever holds the lease."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, models.CASCADE, related_name="segments")
    index = models.PositiveIntegerField()
    first_frame = models.PositiveIntegerField()
    end_frame = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="", blank=True)
    frames = models.PositiveIntegerField(default=0)
    seconds_drawing = models.FloatField(default=0.0)

    class Meta:
        ordering = ["index"]
        constraints = [models.UniqueConstraint(fields=["job", "index"], name="one_segment_per_index")]
        indexes = [models.Index(fields=["state", "lease_until"], name="segment_queue")]

    def __str__(self) -> str:
        return f"segment {self.index} of {self.job_id}"
