from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "studio.site"
    label = "site"
