"""Comments: what people say about a moment of a track or of a film."""

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "studio.comments"
    label = "comments"
    default_auto_field = "django.db.models.BigAutoField"
