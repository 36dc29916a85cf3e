from django.apps import AppConfig

from studio.jobs.handlers import HANDLERS
from studio.networks.signals import network_ready


class DemoConfig(AppConfig):
    name = "studio.demo"
    label = "demo"

    def ready(self) -> None:
        from studio.demo.build import follow_network

        network_ready.connect(follow_network)
        HANDLERS["make_sample_portraits"] = "studio.demo.portraits.handle"
