"""Every change and every step of progress, as rows with a number of their own in each project."""

from django.db import models
from django.utils import timezone


class EventCounter(models.Model):
    """The last number given out in a project. Its row is locked until the change that took the number is committed."""

    project_id = models.UUIDField(primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.project_id}: {self.last}"


class Event(models.Model):
    """`subject` is a thing such as "track:<uuid>"; `payload` what a page needs to show the change."""

    project_id = models.UUIDField()
    number = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=100)
    payload = models.JSONField(default=dict)
    actor_id = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["project_id", "number"], name="one_event_per_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"
