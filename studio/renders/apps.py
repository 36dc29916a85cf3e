from django.apps import AppConfig

from studio.jobs.handlers import HANDLERS
from studio.jobs.watchers import watch


class RendersConfig(AppConfig):
    name = "studio.renders"
    label = "renders"

    def ready(self) -> None:
        HANDLERS["join_film"] = "studio.renders.join.handle"
        watch("render_segment", "studio.renders.join.follow")
        watch("join_film", "studio.renders.join.follow")
        watch("debug_film", "studio.renders.debug_films.follow")
