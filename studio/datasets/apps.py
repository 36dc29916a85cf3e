"""The library: datasets of portraits, the sessions they came in by, decisions about them, and versions for training."""

from django.apps import AppConfig

from studio.blobs import uploads
from studio.jobs.handlers import HANDLERS
from studio.jobs.watchers import watch


class DatasetsConfig(AppConfig):
    name = "studio.datasets"
    label = "datasets"

    def ready(self) -> None:
        uploads.register(
            "portrait",
            "studio.datasets.ingest.finished",
            begins="studio.datasets.ingest.begins",
            looks="studio.datasets.ingest.looks",
        )
        uploads.register(
            "portraits_archive",
            "studio.datasets.import_job.finished",
            begins="studio.datasets.import_job.begins",
            looks="studio.datasets.import_job.looks",
        )
        HANDLERS["import_portraits"] = "studio.datasets.import_job.handle"
        HANDLERS["score_portraits"] = "studio.datasets.score_job.handle"
        HANDLERS["freeze_version"] = "studio.datasets.versions.handle"
        HANDLERS["export_version"] = "studio.datasets.exports.handle"
        watch("score_portraits", "studio.datasets.score_job.follow")
