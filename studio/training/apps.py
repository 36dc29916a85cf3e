"""Training: runs that go from pictures to snapshots, watched and steered from the pages."""

from django.apps import AppConfig

from studio.blobs import uploads
from studio.jobs.watchers import watch


class TrainingConfig(AppConfig):
    name = "studio.training"
    label = "training"

    def ready(self) -> None:
        uploads.register(
            "training_pictures", "studio.training.pictures.finished", looks="studio.training.pictures.looks"
        )
        watch("train", "studio.training.follow.train")
        watch("try_training", "studio.training.tries.follow")
        watch("export_version", "studio.training.follow.exported")
