"""Decisions about portraits: the narrow table of what holds now, and the log that undo reads."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Decision(models.Model):
    """What people decided about one portrait. No row: undecided and without stars."""

    class Verdict(models.IntegerChoices):
        REJECTED = -1
        NONE = 0
        PICKED = 1

    portrait = models.OneToOneField("datasets.Portrait", models.CASCADE, primary_key=True, related_name="decision")
    dataset = models.ForeignKey("datasets.Dataset", models.CASCADE, related_name="+")
    verdict = models.SmallIntegerField(choices=Verdict, default=Verdict.NONE)
    stars = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # The batch that wrote it last: undo leaves alone what another has changed since.
    batch_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["dataset", "verdict"], name="decision_of_dataset")]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} {self.stars}"


class DecisionBatch(models.Model):
    """One action of one person, on one portrait or on all of a filter: what undo takes back as a whole."""

    class Kind(models.TextChoices):
        DECIDE = "decide"
        BIN = "bin"
        RESTORE = "restore"

    dataset = models.ForeignKey("datasets.Dataset", models.CASCADE, related_name="batches")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.DECIDE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    label = models.CharField(max_length=200)
    count = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True)
    # The portraits that changed just now, while they are few: a page repaints only those. Not kept.
    told_ids: list[int] | None = None

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["dataset", "by", "id"], name="batch_of_person")]

    def __str__(self) -> str:
        return self.label


class DecisionChange(models.Model):
    """One portrait in a batch: before and after. For a bin batch the verdicts are unused.

    `old_batch_id` is the batch that stood before (None: there was no decision): what undo goes back to.
    """

    # No index of its own: the constraint's begins with it.
    batch = models.ForeignKey(DecisionBatch, models.CASCADE, related_name="changes", db_index=False)
    portrait = models.ForeignKey("datasets.Portrait", models.CASCADE, related_name="+")
    old_verdict = models.SmallIntegerField(default=0)
    old_stars = models.PositiveSmallIntegerField(default=0)
    new_verdict = models.SmallIntegerField(default=0)
    new_stars = models.PositiveSmallIntegerField(default=0)
    old_batch_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "portrait"], name="one_change_per_portrait")]

    def __str__(self) -> str:
        return f"{self.portrait_id}: {self.old_verdict} to {self.new_verdict}"


class SelectionDownload(models.Model):
    """A selection that somebody asked to have as a zip. It is packed while it is sent; the row lives for a day."""

    class Which(models.TextChoices):
        ORIGINAL = "original"
        VIEW = "view"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dataset = models.ForeignKey("datasets.Dataset", models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    selection = models.JSONField()
    which = models.CharField(max_length=8, choices=Which, default=Which.ORIGINAL)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.which} of {self.dataset_id}"


class SavedView(models.Model):
    """A filter with a name, shared in the project."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dataset = models.ForeignKey("datasets.Dataset", models.CASCADE, related_name="views")
    name = models.CharField(max_length=100)
    query = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name
