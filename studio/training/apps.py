"""Training: runs that go from pictures to snapshots, watched and steered from the pages."""

from django.apps import AppConfig

from studio.blobs import uploads
from studio.jobs.watchers import WATCHERS


class TrainingConfig(AppConfig):
    name = "studio.training"
    label = "training"

    def ready(self) -> None:
        uploads.register(
            "training_pictures", "studio.training.pictures.finished", looks="studio.training.pictures.looks"
        )
        WATCHERS["train"] = "studio.training.follow.train"
        WATCHERS["try_training"] = "studio.training.tries.follow"
        WATCHERS["export_version"] = "studio.training.follow.exported"
