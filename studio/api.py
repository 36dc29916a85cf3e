"""The API under /api/v1: everything that the pages do. Each app brings a router; here they come together."""

import math
from typing import Any

from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from ninja import NinjaAPI
from ninja.errors import AuthenticationError
from ninja.errors import ValidationError as RequestInvalid

from studio.accounts.auth import bearer, session
from studio.blobs.store import StoreFull
from studio.errors import Conflict, Refused
from studio.jobs.leases import LeaseLost
from studio.jobs.queue import JobRefused
from studio.projects.access import PermissionRefused
from studio.sharing.rules import LinkEnded
from studio.site.middleware import database_away

ROUTERS = [
    ("", "studio.accounts.api:router"),
    ("", "studio.projects.api:router"),
    ("", "studio.events.api:router"),
    ("", "studio.jobs.api:router"),
    ("", "studio.blobs.api:router"),
    ("", "studio.tracks.api:router"),
    ("", "studio.tracks.edits_api:router"),
    ("", "studio.tracks.exchange_api:router"),
    ("", "studio.tracks.versions_api:router"),
    ("", "studio.tracks.stems_api:router"),
    ("", "studio.tracks.grid_api:router"),
    ("", "studio.closeups.api:router"),
    ("", "studio.listening.api:router"),
    ("", "studio.datasets.library_api:router"),
    ("", "studio.datasets.keep_api:router"),
    ("", "studio.datasets.api:router"),
    ("", "studio.datasets.versions_api:router"),
    ("", "studio.datasets.import_api:router"),
    ("/capture", "studio.datasets.capture_api:router"),
    ("", "studio.networks.api:router"),
    ("", "studio.networks.snapshots_api:router"),
    ("", "studio.networks.pins_api:router"),
    ("", "studio.networks.orders_api:router"),
    ("", "studio.training.plan_api:router"),
    ("", "studio.training.api:router"),
    ("", "studio.projections.api:router"),
    ("", "studio.scenes.api:router"),
    ("", "studio.scenes.path_api:router"),
    ("", "studio.scenes.presets_api:router"),
    ("", "studio.scenes.curves_api:router"),
    ("", "studio.scenes.scene_files_api:router"),
    ("", "studio.renders.api:router"),
    ("", "studio.renders.debug_films_api:router"),
    ("", "studio.comments.api:router"),
    ("", "studio.sharing.api:router"),
    ("", "studio.services.api:router"),
    ("", "studio.services.capture_api:router"),
    ("/service", "studio.services.service_api:router"),
    ("/service", "studio.services.training_api:router"),
    ("/service", "studio.services.projections_api:router"),
]
NOTHING_HERE = "There is nothing here, or it is not shared with you."

api = NinjaAPI(title="Phosphene", version="1", auth=[bearer, session], docs_url=None, openapi_url="/openapi.json")
for prefix, path in ROUTERS:
    api.add_router(prefix, import_string(path.replace(":", ".")))


def refuse(request: HttpRequest, status: int, detail: str, **more: Any) -> HttpResponse:
    """The one shape of an error."""
    return api.create_response(request, {"detail": detail, **more}, status=status)


@api.exception_handler(Http404)
def nothing_here(request: HttpRequest, error: Http404) -> HttpResponse:
    return refuse(request, 404, NOTHING_HERE)


@api.exception_handler(PermissionRefused)
def role_too_small(request: HttpRequest, error: PermissionRefused) -> HttpResponse:
    return refuse(request, 403, str(error))


@api.exception_handler(LinkEnded)
def link_ended(request: HttpRequest, error: LinkEnded) -> HttpResponse:
    return refuse(request, 410, str(error))


@api.exception_handler(LeaseLost)
@api.exception_handler(JobRefused)
def no_longer(request: HttpRequest, error: Exception) -> HttpResponse:
    return refuse(request, 409, str(error))


@api.exception_handler(StoreFull)
def disk_full(request: HttpRequest, error: StoreFull) -> HttpResponse:
    return refuse(request, 507, str(error))


@api.exception_handler(Conflict)
def changed_meanwhile(request: HttpRequest, error: Conflict) -> HttpResponse:
    return refuse(request, 409, str(error), current=error.current)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    named = {"field": error.field} if error.field else {}
    answer = refuse(request, error.status, str(error), **named)
    if error.wait_seconds:
        answer.headers["Retry-After"] = str(math.ceil(error.wait_seconds))
    return answer


@api.exception_handler(AuthenticationError)
def signed_out(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return refuse(request, 401, "You are signed out. Sign in, then try again.")


@api.exception_handler(DataError)
def cannot_be_stored(request: HttpRequest, error: DataError) -> HttpResponse:
    """Such as a NUL inside a name, which PostgreSQL does not take."""
    return refuse(request, 422, "A value holds a sign or a number that cannot be stored. Change it, then try again.")


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def away(request: HttpRequest, error: Exception) -> HttpResponse:
    return database_away()


@api.exception_handler(RequestInvalid)
def wrong_field(request: HttpRequest, error: RequestInvalid) -> HttpResponse:
    """422 in the one shape: the first fault as the sentence, all of them in `fields`."""
    fields = [{"field": _field(fault["loc"]), "message": _sentence(fault)} for fault in error.errors]
    first = fields[0]
    return refuse(request, 422, first["message"], field=first["field"], fields=fields)


def _field(place: Any) -> str:
    """["body", "order", "parameters", "alpha"] -> "parameters.alpha"."""
    return ".".join(str(step) for step in place[2 if place[0] == "body" and len(place) > 2 else 1 :])


def _sentence(fault: dict[str, Any]) -> str:
    name, text = _field(fault["loc"]), str(fault["msg"]).rstrip(".")
    return f"{name}: {text[:1].lower()}{text[1:]}." if name else f"{text}."
