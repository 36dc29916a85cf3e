"""Comment: something said about a moment or a span of a track or a film. Answers hang on the comment that began."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Comment(models.Model):
    """Of a member, or of a guest who came by a link: then `author` is empty and `guest_name` is not.

    Only the comment that begins a thread has a time and can be resolved; its answers take both from it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="comments")
    track = models.ForeignKey("tracks.Track", models.CASCADE, null=True, related_name="comments")
    render = models.ForeignKey("renders.Render", models.CASCADE, null=True, related_name="comments")
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="answers")
    # Seconds from the first sample of the track, or from the first frame of the film.
    seconds = models.FloatField(default=0.0)
    end_seconds = models.FloatField(null=True, blank=True)
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    guest_name = models.CharField(max_length=100, default="", blank=True)
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="mentioned_in")
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["seconds", "created_at", "id"]
        indexes = [models.Index(fields=["track", "seconds"]), models.Index(fields=["render", "seconds"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(track__isnull=True) ^ models.Q(render__isnull=True), name="a_comment_is_of_one_thing"
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def subject(self) -> str:
        return f"comment:{self.id}"
