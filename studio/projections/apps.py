"""Projections: videos, pictures and portraits found again in a snapshot's latent space."""

from django.apps import AppConfig

from studio.blobs import uploads
from studio.jobs.handlers import HANDLERS
from studio.jobs.watchers import watch


class ProjectionsConfig(AppConfig):
    name = "studio.projections"
    label = "projections"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        uploads.register("projection_target", "studio.projections.targets.finished")
        uploads.register("projection", "studio.projections.files.finished")
        HANDLERS["look_at_target"] = "studio.projections.targets.handle"
        HANDLERS["check_projection"] = "studio.projections.files.handle"
        HANDLERS["join_projection"] = "studio.projections.joined.handle"
        watch("look_at_target", "studio.projections.targets.follow")
        watch("check_projection", "studio.projections.files.follow")
        watch("project", "studio.projections.follow.project")
        watch("review_projection", "studio.projections.follow.review")
        watch("export_version", "studio.projections.follow.exported")
