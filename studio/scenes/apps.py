from django.apps import AppConfig


class ScenesConfig(AppConfig):
    name = "studio.scenes"
    label = "scenes"
    default_auto_field = "django.db.models.BigAutoField"
