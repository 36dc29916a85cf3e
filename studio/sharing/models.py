"""Share: a link to one track or one film. Whoever has it may listen or watch, until it ends or is taken back."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Share(models.Model):
    """The link itself is shown once, when it is made; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="shares")
    track = models.ForeignKey("tracks.Track", models.CASCADE, null=True, related_name="shares")
    render = models.ForeignKey("renders.Render", models.CASCADE, null=True, related_name="shares")
    token_sha256 = models.CharField(max_length=64, unique=True)
    # What its maker calls it, such as "For the label".
    name = models.CharField(max_length=100, default="", blank=True)
    may_comment = models.BooleanField(default=False)
    may_download = models.BooleanField(default=False)
    opened_count = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(track__isnull=True) ^ models.Q(render__isnull=True), name="a_link_is_to_one_thing"
            )
        ]

    def __str__(self) -> str:
        return self.name or f"link of {self.created_at:%Y-%m-%d}"

    @property
    def thing(self) -> "models.Model":
        thing = self.track or self.render
        assert thing is not None
        return thing
