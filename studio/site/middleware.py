"""Small layers around every request: the content policy, static files, and a calm answer while the database is away.

All are synchronous, as Django's own are: a chain that changes sides costs a thread hop at every change.
"""

from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from whitenoise.middleware import WhiteNoiseMiddleware

# Scripts come from this site alone. Pictures may also be made in the page (blob:, data:), sound too.
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
AWAY = "The database of the studio is away. Nothing was lost; this page tries again by itself."
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ContentSecurity:
    """Adds the content policy to every answer that does not bring its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        return response


class DatabaseAway:
    """503 with Retry-After instead of a traceback, so that pages and services wait and go on."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError):  # from a middleware below, such as the session's
            return database_away()

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        return database_away() if isinstance(error, OperationalError | InterfaceError) else None


class HeadOfFiles:
    """HEAD of an address that knows GET: the same answer without its body. Uploads have a HEAD of their own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_head = request.method == "HEAD" and request.path.startswith("/api/")
        if is_head and not request.path.startswith("/api/v1/uploads/"):
            request.method = "GET"
            request.is_head = True  # type: ignore[attr-defined]
        return self.get_response(request)


class StaticFiles(WhiteNoiseMiddleware):
    """Built pages, read whole: they are small, and Django would read a synchronous stream whole anyway."""

    def serve(self, static_file: Any, request: HttpRequest) -> HttpResponseBase:
        streamed = WhiteNoiseMiddleware.serve(static_file, request)
        if not streamed.streaming:
            return streamed
        content = b"".join(streamed.streaming_content)
        streamed.close()
        return HttpResponse(content, status=streamed.status_code, headers=dict(streamed.headers))


def database_away() -> JsonResponse:
    return JsonResponse({"detail": AWAY}, status=503, headers={"Retry-After": "5"})
