"""Sharing: links that let somebody without an account listen to a track or watch a film."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "studio.sharing"
    label = "sharing"
    default_auto_field = "django.db.models.BigAutoField"
