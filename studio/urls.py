"""Addresses: the API, health, sign-in, and the shell of each page."""

from django.urls import include, path

from studio.api import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("studio.site.urls")),
]
handler404 = "studio.pages.not_found"
