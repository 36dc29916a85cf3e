"""Pins: vectors that somebody wants to find again; and paths from one vector to the next."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Made(models.Model):
    """What a person made of a network's vectors, through the snapshot that they looked through."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=255)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Pin(Made):
    """`vector` is a VectorSpec and `look` a Look: recipes, no numbers. `sheet` holds its picture, one tile."""

    network = models.ForeignKey("networks.Network", models.CASCADE, related_name="pins")
    snapshot = models.ForeignKey("networks.Snapshot", models.RESTRICT, related_name="pins")
    vector = models.JSONField()
    look = models.JSONField(default=dict)
    note = models.TextField(default="", blank=True)
    sheet = models.ForeignKey("networks.Sheet", models.SET_NULL, null=True, related_name="pins")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["network", "created_at"])]

    @property
    def subject(self) -> str:
        return f"pin:{self.id}"


class PinPath(Made):
    """`waypoints`: [{pin_id or null, vector, length}]. A waypoint with a pin follows it when the pin is changed."""

    network = models.ForeignKey("networks.Network", models.CASCADE, related_name="paths")
    snapshot = models.ForeignKey("networks.Snapshot", models.RESTRICT, related_name="paths")
    waypoints = models.JSONField(default=list)
    interpolation = models.CharField(max_length=10, default="smooth")
    loop = models.BooleanField(default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["network", "created_at"])]

    @property
    def subject(self) -> str:
        return f"path:{self.id}"
