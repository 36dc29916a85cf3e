"""The shell of every page: who asks, which project, which ids. The rest the page asks of the API."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from webpack_loader.exceptions import WebpackBundleLookupError, WebpackError, WebpackLoaderBadStatsError

from studio import __version__
from studio.accounts.api import MeOut
from studio.datasets.models import Dataset
from studio.events.read import last_number
from studio.networks.models import Network
from studio.projections.models import Projection
from studio.projects.access import project_or_404, projects_of, role_of, thing_or_404
from studio.projects.models import Project
from studio.renders.models import Render
from studio.scenes.models import Scene
from studio.services.present import services_out
from studio.sharing.present import shared_out
from studio.sharing.rules import LinkEnded, note_opening, open_share
from studio.tracks.models import Track
from studio.training.models import TrainingRun

# The pages about one thing: the address's kind -> (bundle, model).
THINGS: dict[str, tuple[str, Any]] = {
    "tracks": ("track", Track),
    "scenes": ("scene", Scene),
    "renders": ("render", Render),
    "networks": ("network", Network),
    "library": ("dataset", Dataset),
    "training": ("training_run", TrainingRun),
    "projections": ("projection", Projection),
}
# A guest learns nothing of the studio's machines.
NO_SERVICES: dict[str, Any] = {"state": "none", "since": None, "items": []}


@require_safe
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """The project where the person was last, or the list. Who comes for the first time meets the demo's scene."""
    kept = request.session.get("project")
    found = projects_of(request.user).filter(pk=kept).first() if kept else None
    is_first_visit = found is None
    found = found or projects_of(request.user).order_by("-updated_at").first()
    if is_first_visit and found is not None and found.is_demo:
        scene = Scene.objects.filter(project=found, binned_at=None).order_by("created_at").first()
        if scene is not None:
            return redirect("scene", found.pk, scene.pk)
    return redirect("project", found.pk) if found else redirect("projects")


@require_safe
@login_required
def projects(request: HttpRequest) -> HttpResponse:
    return shell(request, "projects", "Projects")


@require_safe
@login_required
def place(request: HttpRequest, project_id: UUID, page: str, title: str) -> HttpResponse:
    """A page of a project."""
    project = project_or_404(request.user, project_id)
    request.session["project"] = str(project.pk)
    return shell(request, page, title, project=project)


@require_safe
@login_required
def thing(request: HttpRequest, project_id: UUID, kind: str, pk: UUID, page: str = "") -> HttpResponse:
    """The page of one track, scene, render, network, dataset, run or projection, or another `page` about it.

    Its address must name its own project.
    """
    bundle, model = THINGS[kind]
    project = project_or_404(request.user, project_id)
    row = thing_or_404(request.user, model.objects.filter(project=project), pk)
    request.session["project"] = str(project.pk)
    return shell(request, page or bundle, row.name, project=project, ids={bundle: str(row.pk)})


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a link, for anybody who has it. An old link says so; what is none is not found."""
    try:
        share = open_share(token)
    except LinkEnded as ended:
        response = shell(request, "shared", "A link that ended", status=410, services=NO_SERVICES, ended=str(ended))
    else:
        note_opening(share)
        title = str(share.thing)
        response = shell(request, "shared", title, services=NO_SERVICES, token=token, shared=shared_out(share, token))
    # The address is the right itself: it is told to no other site, and to no search engine.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@ensure_csrf_cookie
def shell(
    request: HttpRequest,
    page: str,
    title: str,
    *,
    project: Project | None = None,
    ids: dict[str, str] | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The frame that React fills, with what it needs to begin."""
    data = {
        "page": page,
        "me": MeOut.from_orm(request.user).model_dump(mode="json") if request.user.is_authenticated else None,
        "project": _project_data(request, project) if project else None,
        "ids": ids or {},
        "csrf": get_token(request),
        "version": __version__,
        "services": more.pop("services", None) or services_out(),
        "last_event": last_number(project.pk) if project else 0,
        **more,
    }
    theme = (data["me"] or {}).get("preferences", {}).get("theme", "dark")
    context = {"page": page, "title": title, "theme": theme, "data": data}
    try:
        return render(request, "page.html", context, status=status)
    except (OSError, WebpackError, WebpackLoaderBadStatsError, WebpackBundleLookupError):
        return render(request, "unbuilt.html", status=503)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same for what is not there and for what is not shared: ids cannot be guessed."""
    return render(request, "not_found.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form or a call whose token does not belong to the session."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": "This page was open for too long. Load it again, then repeat that."}, status=403)
    return render(request, "stale.html", status=403)


def _project_data(request: HttpRequest, project: Project) -> dict[str, Any]:
    return {
        "id": str(project.pk),
        "name": project.name,
        "is_demo": project.is_demo,
        "role": role_of(request.user, project.pk),
    }
