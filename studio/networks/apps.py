from django.apps import AppConfig

from studio.blobs import uploads
from studio.jobs.watchers import WATCHERS


class NetworksConfig(AppConfig):
    name = "studio.networks"
    label = "networks"

    def ready(self) -> None:
        uploads.register("snapshot", "studio.networks.rules.import_from_upload")
        WATCHERS["make_pattern"] = WATCHERS["import_snapshot"] = "studio.networks.rules.follow"
