"""Track, beat grid and cues: what a person listens to and marks. Times are seconds from the track's first sample."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Track(models.Model):
    """An audio file and what was made of it. `original` never changes; everything else can be made again from it."""

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        DECODING = "decoding"
        ANALYSING = "analysing"
        READY = "ready"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="tracks")
    name = models.CharField(max_length=255)
    # Empty once a file was refused: what is no sound is not kept, only the sentence that says so.
    original = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    original_name = models.CharField(max_length=255, default="")
    upload_id = models.UUIDField(null=True)
    # A file that shall take the original's place: it is read first, so that a wrong one takes nothing away.
    incoming = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    incoming_name = models.CharField(max_length=255, default="", blank=True)
    proxy = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    peaks = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    lanes = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    analysis = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    # About 400 numbers from 0 to 1: the small waveform of lists.
    overview = models.JSONField(null=True)
    state = models.CharField(max_length=12, choices=State, default=State.UPLOADED)
    error = models.TextField(default="", blank=True)
    job_id = models.UUIDField(null=True)
    duration_seconds = models.FloatField(null=True)
    sample_rate = models.PositiveIntegerField(null=True)
    channels = models.PositiveSmallIntegerField(null=True)
    codec = models.CharField(max_length=60, default="", blank=True)
    lufs = models.FloatField(null=True)
    bpm = models.FloatField(null=True)
    key = models.CharField(max_length=20, default="", blank=True)
    warnings = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["project", "created_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"track:{self.id}"


class BeatGrid(models.Model):
    """Where the beats are. `markers`: [{id, seconds, bpm, beats_per_bar, downbeat}], in time order.

    `beats` and `downbeats` (seconds) are those the analysis found; they rule until a person edits the markers; from
    then on (`is_edited`) beats follow from the markers alone. `found` is what the analysis heard last: {markers, beats,
    downbeats}, which `is_edited` = False brings back. `onsets` (seconds) are the analysis' in any case.
    """

    track = models.OneToOneField(Track, models.CASCADE, related_name="grid", primary_key=True)
    markers = models.JSONField(default=list)
    beats = models.JSONField(default=list)
    downbeats = models.JSONField(default=list)
    found = models.JSONField(default=dict)
    onsets = models.JSONField(default=list)
    # The number that the first marker's beat has for cues kept in beats: a marker set before it renumbers nothing.
    first_beat = models.IntegerField(default=0)
    is_locked = models.BooleanField(default=False)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    is_edited = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{len(self.markers)} tempo markers"


class Cue(models.Model):
    """A moment or a span that a person marked.

    Kept in seconds, or in beats: then `beat` and `end_beat` are the truth, and the seconds follow the grid.
    """

    class Anchor(models.TextChoices):
        SECONDS = "seconds"
        BEATS = "beats"

    class Kind(models.TextChoices):
        MOMENT = "moment"
        SPAN = "span"

    class Colour(models.TextChoices):
        RED = "red"
        ORANGE = "orange"
        YELLOW = "yellow"
        GREEN = "green"
        BLUE = "blue"
        VIOLET = "violet"
        PINK = "pink"
        GREY = "grey"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, models.CASCADE, related_name="cues")
    seconds = models.FloatField()
    end_seconds = models.FloatField(null=True, blank=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.MOMENT)
    label = models.CharField(max_length=200, default="", blank=True)
    colour = models.CharField(max_length=8, choices=Colour, default=Colour.BLUE)
    hotkey = models.PositiveSmallIntegerField(null=True, blank=True)
    anchor = models.CharField(max_length=8, choices=Anchor, default=Anchor.SECONDS)
    beat = models.FloatField(null=True, blank=True)
    end_beat = models.FloatField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["seconds", "id"]
        indexes = [models.Index(fields=["track", "seconds"])]

    def __str__(self) -> str:
        return self.label or f"{self.seconds:.2f} s"

    @property
    def subject(self) -> str:
        return f"cue:{self.id}"


class TrackEdit(models.Model):
    """What one person changed in a track's grid and cues at one stroke; its id is made by the page.

    `ops` are what was really changed: [{thing, op, id, before, after}]. `conflicts` were told when it was made.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    track = models.ForeignKey(Track, models.CASCADE, related_name="edits")
    number = models.PositiveIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=200)
    ops = models.JSONField(default=list)
    conflicts = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["track", "number"], name="one_track_edit_per_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class TrackVersion(models.Model):
    """Grid and cues of a track as they stood when somebody gave them a name.

    `grid`: {markers, beats, is_edited}, beats only where those that were found ruled; `cues`: the fields of each by id.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    track = models.ForeignKey(Track, models.CASCADE, related_name="versions")
    name = models.CharField(max_length=120)
    grid = models.JSONField(default=dict)
    cues = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"track_version:{self.id}"


class Stem(models.Model):
    """A part of a track that somebody sent as a file of its own: drums, bass, vocals, or whatever they call it.

    Its id is that of the upload it came by. A newer one of the same name takes its place.
    """

    class State(models.TextChoices):
        CHECKING = "checking"
        READY = "ready"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, editable=False)
    track = models.ForeignKey(Track, models.CASCADE, related_name="stems")
    name = models.CharField(max_length=40)
    # Empty once it was refused: what does not fit the track is not kept.
    blob = models.ForeignKey("blobs.Blob", models.PROTECT, null=True, related_name="+")
    original_name = models.CharField(max_length=255, default="")
    state = models.CharField(max_length=10, choices=State, default=State.CHECKING)
    sentence = models.TextField(default="", blank=True)
    duration_seconds = models.FloatField(null=True)
    job_id = models.UUIDField(null=True, db_index=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    binned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "created_at", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"stem:{self.id}"
