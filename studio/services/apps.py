from django.apps import AppConfig

from studio.blobs import uploads
from studio.events.live import GREETINGS


class ServicesConfig(AppConfig):
    name = "studio.services"
    label = "services"

    def ready(self) -> None:
        from studio.services.greet import greet
        from studio.services.presence import here
        from studio.training.here import LOOK

        # What a service sends is taken when it commits or finishes; until then the upload keeps it.
        for kind in ("segment", "artifact"):
            uploads.register(kind, "studio.services.uploads.keep")
        GREETINGS.append(greet)
        LOOK.append(here)
