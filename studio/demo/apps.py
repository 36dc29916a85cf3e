from django.apps import AppConfig

from studio.networks.signals import network_ready


class DemoConfig(AppConfig):
    name = "studio.demo"
    label = "demo"

    def ready(self) -> None:
        from studio.demo.build import follow_network

        network_ready.connect(follow_network)
