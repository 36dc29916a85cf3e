from django.apps import AppConfig

from studio.jobs.handlers import QUIET
from studio.jobs.watchers import watch


class ScenesConfig(AppConfig):
    name = "studio.scenes"
    label = "scenes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        watch("scene_curves", "studio.scenes.curves.follow")
        QUIET.add("scene_curves")
