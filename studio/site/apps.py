from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "studio.site"
    label = "site"

    def ready(self) -> None:
        from studio.site import checks  # noqa: F401 (registers them)
