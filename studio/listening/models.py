"""Parts of a track that can be heard alone: its stems as playback copies, and what was split off it."""

import uuid

from django.db import models
from django.utils import timezone


class Part(models.Model):
    """`stem` is the one it is a copy of; without, it was split off the track. `source` is the blob it was made of."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey("tracks.Track", models.CASCADE, related_name="parts")
    stem = models.OneToOneField("tracks.Stem", models.CASCADE, null=True, related_name="part")
    name = models.CharField(max_length=40)
    blob = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=64, default="", blank=True)
    job_id = models.UUIDField(null=True, db_index=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["stem", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["track", "name"], condition=models.Q(stem=None), name="one_split_part_of_a_name"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.track}"
