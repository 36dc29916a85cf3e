"""Runs of training, their curves and samples, uploaded zips, tries."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("blobs", "0002_device_and_receipt"),
        ("datasets", "0007_changes_by_portrait"),
        ("networks", "0004_snapshot_training"),
        ("projects", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TrainingTry",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("key", models.CharField(db_index=True, max_length=64)),
                ("job_id", models.UUIDField(db_index=True, null=True)),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("sentence", models.TextField(blank=True, default="")),
                ("device", models.CharField(blank=True, default="", max_length=200)),
                ("measured", models.JSONField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="projects.project"
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="TrainingUpload",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=255)),
                ("count", models.PositiveIntegerField()),
                ("width_px", models.PositiveIntegerField()),
                ("height_px", models.PositiveIntegerField()),
                ("num_classes", models.PositiveIntegerField(default=0)),
                ("facts", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("binned_at", models.DateTimeField(blank=True, null=True)),
                (
                    "blob",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="blobs.blob"),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="training_uploads",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="TrainingRun",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=255)),
                ("notes", models.TextField(blank=True, default="")),
                ("about", models.JSONField(default=dict)),
                ("config", models.JSONField()),
                ("fit", models.CharField(default="exact", max_length=10)),
                ("aspect", models.FloatField(blank=True, null=True)),
                ("total_kimg", models.FloatField()),
                ("snapshot_kimg", models.FloatField()),
                ("snapshot_now", models.PositiveIntegerField(default=0)),
                (
                    "wanted",
                    models.CharField(
                        choices=[("run", "Run"), ("pause", "Pause"), ("stop", "Stop")], default="run", max_length=5
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("starting", "Starting"),
                            ("training", "Training"),
                            ("yielding", "Yielding"),
                            ("paused", "Paused"),
                            ("stopped", "Stopped"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("phase", models.CharField(blank=True, default="", max_length=10)),
                ("kimg", models.FloatField(default=0.0)),
                ("seconds", models.FloatField(default=0.0)),
                ("latest", models.JSONField(default=dict)),
                ("told_at", models.DateTimeField(null=True)),
                ("sentence", models.TextField(blank=True, default="")),
                ("warnings", models.JSONField(default=list)),
                ("job_id", models.UUIDField(db_index=True, null=True)),
                ("job_kimg", models.FloatField(default=0.0)),
                ("export_job_id", models.UUIDField(db_index=True, null=True)),
                ("service_name", models.CharField(blank=True, default="", max_length=100)),
                ("device", models.CharField(blank=True, default="", max_length=200)),
                ("is_deserted", models.BooleanField(default=False)),
                ("checkpoint_kimg", models.FloatField(default=0.0)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                ("binned_at", models.DateTimeField(blank=True, null=True)),
                (
                    "checkpoint",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="blobs.blob"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "network",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="training_runs",
                        to="networks.network",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="training_runs", to="projects.project"
                    ),
                ),
                (
                    "start",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="begun_runs",
                        to="networks.snapshot",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="training_runs",
                        to="datasets.datasetversion",
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="runs",
                        to="training.trainingupload",
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="TrainingSample",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kimg", models.FloatField()),
                ("seconds", models.FloatField(default=0.0)),
                ("width_px", models.PositiveIntegerField(default=0)),
                ("height_px", models.PositiveIntegerField(default=0)),
                ("metrics", models.JSONField(default=dict)),
                ("notes", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "grid",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="blobs.blob"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="samples", to="training.trainingrun"
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="training_samples",
                        to="networks.snapshot",
                    ),
                ),
            ],
            options={
                "ordering": ["kimg"],
                "constraints": [models.UniqueConstraint(fields=("run", "kimg"), name="one_sample_per_kimg")],
            },
        ),
        migrations.CreateModel(
            name="TrainingTick",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kimg", models.FloatField()),
                ("span", models.FloatField(default=0.0)),
                ("seconds", models.FloatField(default=0.0)),
                ("values", models.JSONField(default=dict)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="ticks", to="training.trainingrun"
                    ),
                ),
            ],
            options={
                "ordering": ["kimg"],
                "constraints": [models.UniqueConstraint(fields=("run", "kimg"), name="one_tick_per_kimg")],
            },
        ),
        migrations.AddIndex(
            model_name="trainingrun",
            index=models.Index(fields=["project", "created_at"], name="training_of_project"),
        ),
    ]
