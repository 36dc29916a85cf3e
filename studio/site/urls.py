"""Health and the shells of the pages."""

from django.urls import path

from studio import pages
from studio.blobs.links import open_link
from studio.site import health, sign_in_pages
from studio.site.operator import operator_site

PLACES = {
    "": ("home", "Home"),
    "tracks/": ("tracks", "Tracks"),
    "scenes/": ("scenes", "Scenes"),
    "renders/": ("renders", "Renders"),
    "library/": ("library", "Library"),
    "capture/": ("capture", "Capture"),
    "networks/": ("networks", "Networks"),
    "training/": ("training", "Training"),
    "training/new/": ("training_new", "Train a network"),
    "training/compare/": ("training_compare", "Compare runs"),
    "projections/": ("projections", "Projections"),
    "projections/new/": ("projection_new", "Project a video"),
    "activity/": ("activity", "Activity"),
    "settings/": ("settings", "Settings"),
}

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("admin/", operator_site.urls),
    path("sign-in/", sign_in_pages.sign_in_page, name="sign-in"),
    path("sign-in/<str:token>/", sign_in_pages.one_time_link, name="sign-in-link"),
    path("sign-out/", sign_in_pages.sign_out, name="sign-out"),
    path("signed/<str:token>/", open_link, name="signed-link"),
    path("join/<str:token>/", sign_in_pages.join, name="join"),
    path("s/<str:token>/", pages.shared, name="shared"),
    path("", pages.start, name="start"),
    path("projects/", pages.projects, name="projects"),
    path("p/<uuid:project_id>/", pages.place, {"page": "home", "title": "Home"}, name="project"),
    *(
        path(f"p/<uuid:project_id>/{address}", pages.place, {"page": page, "title": title}, name=page)
        for address, (page, title) in PLACES.items()
        if address
    ),
    *(
        path(f"p/<uuid:project_id>/{kind}/<uuid:pk>/", pages.thing, {"kind": kind}, name=bundle)
        for kind, (bundle, _) in pages.THINGS.items()
    ),
    *(
        path(
            f"p/<uuid:project_id>/networks/<uuid:pk>/{address}/",
            pages.thing,
            {"kind": "networks", "page": page},
            name=page,
        )
        for address, page in (("explore", "explorer"), ("walk", "walk"))
    ),
]
