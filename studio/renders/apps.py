from django.apps import AppConfig

from studio.jobs.handlers import HANDLERS
from studio.jobs.watchers import WATCHERS


class RendersConfig(AppConfig):
    name = "studio.renders"
    label = "renders"

    def ready(self) -> None:
        HANDLERS["join_film"] = "studio.renders.join.handle"
        WATCHERS["render_segment"] = WATCHERS["join_film"] = "studio.renders.join.follow"
