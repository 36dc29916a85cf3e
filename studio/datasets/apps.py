"""The library: datasets of portraits, the sessions they came in by, decisions about them, and versions for training."""

from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    name = "studio.datasets"
    label = "datasets"
