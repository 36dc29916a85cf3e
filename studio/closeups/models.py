"""Close-ups of a track: what is made when somebody first looks that closely, and can be made again."""

from django.db import models
from django.utils import timezone


class CloseUp(models.Model):
    """The spectrogram, or the samples, of one track. `source` is the original it was made of."""

    class Kind(models.TextChoices):
        SPECTROGRAM = "spectrogram"
        SAMPLES = "samples"

    track = models.ForeignKey("tracks.Track", models.CASCADE, related_name="close_ups")
    kind = models.CharField(max_length=12, choices=Kind)
    blob = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    # Where in the blob what is: SpectrogramFacts; channels, sample_rate and frame_count of samples.
    facts = models.JSONField(default=dict)
    source = models.CharField(max_length=64, default="", blank=True)
    job_id = models.UUIDField(null=True, db_index=True)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["track", "kind"], name="one_close_up_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.track}"
