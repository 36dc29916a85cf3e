from django.apps import AppConfig

from studio.blobs import uploads
from studio.jobs.handlers import QUIET
from studio.jobs.watchers import watch


class NetworksConfig(AppConfig):
    name = "studio.networks"
    label = "networks"

    def ready(self) -> None:
        uploads.register(
            "snapshot", "studio.networks.imports.import_from_upload", begins="studio.networks.known.begins"
        )
        watch("make_pattern", "studio.networks.rules.follow")
        watch("import_snapshot", "studio.networks.imports.follow")
        for kind in ("draw_sheet", "find_directions", "harvest", "export_snapshot"):
            watch(kind, "studio.networks.results.follow")
        QUIET.add("draw_sheet")
