"""Sign in, sign out: forms that work as plain forms, inside the pages' own shell."""

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.accounts import sign_in
from studio.pages import shell

BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """GET shows the form; POST takes `email`, `password`, `next`. A page that asks for JSON is answered in JSON."""
    onward = _safe_next(request)
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(onward)
        return shell(request, "sign_in", "Sign in", next=onward)
    email, password = request.POST.get("email", ""), request.POST.get("password", "")
    try:
        user = sign_in.by_password(request, email=email, password=password)
    except sign_in.SignInRefused as error:
        return _refused(request, error, email=email, onward=onward)
    login(request, user, backend=BACKEND)
    return JsonResponse({"next": onward}) if _wants_json(request) else redirect(onward)


@never_cache
@require_safe
def one_time_link(request: HttpRequest, token: str) -> HttpResponse:
    """A link from the terminal: signs in once. Whoever is signed in already just goes on."""
    try:
        user = sign_in.by_link(token)
    except sign_in.SignInRefused as error:
        if request.user.is_authenticated:
            return redirect("start")
        return shell(request, "sign_in", "Sign in", next="/", error=str(error), status=403)
    login(request, user, backend=BACKEND)
    return redirect("start")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session here; the person's open sockets close at the next look at their rights."""
    logout(request)
    return redirect(reverse("sign-in"))


@never_cache
@require_safe
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind an invitation; it asks the API what it is invited to."""
    return shell(request, "join", "Join", token=token)


def _refused(request: HttpRequest, error: sign_in.SignInRefused, *, email: str, onward: str) -> HttpResponse:
    status = 429 if error.wait_seconds else 403
    if _wants_json(request):
        answer: HttpResponse = JsonResponse({"detail": str(error)}, status=status)
    else:
        answer = shell(request, "sign_in", "Sign in", next=onward, email=email, error=str(error), status=status)
    if error.wait_seconds:
        answer.headers["Retry-After"] = str(error.wait_seconds)
    return answer


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _safe_next(request: HttpRequest) -> str:
    """Where to go afterwards: an address of this site, or the start."""
    onward = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    return onward if own else reverse("start")
