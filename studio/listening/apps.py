from django.apps import AppConfig

from studio.jobs.handlers import HANDLERS
from studio.jobs.watchers import watch


class ListeningConfig(AppConfig):
    name = "studio.listening"
    label = "listening"

    def ready(self) -> None:
        HANDLERS["make_parts"] = "studio.listening.make.handle"
        watch("make_parts", "studio.listening.order.follow")
