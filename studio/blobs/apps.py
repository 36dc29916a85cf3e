from django.apps import AppConfig


class BlobsConfig(AppConfig):
    name = "studio.blobs"
    label = "blobs"
