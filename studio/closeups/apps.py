from django.apps import AppConfig

from studio.jobs.handlers import HANDLERS


class CloseupsConfig(AppConfig):
    name = "studio.closeups"
    label = "closeups"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        HANDLERS["close_up"] = "studio.closeups.make.handle"
