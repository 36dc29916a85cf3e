"""Two small layers around every request: the content policy, and a calm answer while the database is away."""

from collections.abc import Awaitable, Callable

from asgiref.sync import markcoroutinefunction
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase, JsonResponse

# Scripts and styles come from this site alone. Pictures may also be made in the page (blob:, data:), sound too.
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
AWAY = "The database of the studio is away. Nothing was lost; this page tries again by itself."
GetResponse = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


class ContentSecurity:
    """Adds the content policy to every answer that does not bring its own."""

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = await self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        return response


class DatabaseAway:
    """503 with Retry-After instead of a traceback, so that pages and services wait and go on."""

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return await self.get_response(request)

    async def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        return database_away() if isinstance(error, OperationalError | InterfaceError) else None


def database_away() -> JsonResponse:
    return JsonResponse({"detail": AWAY}, status=503, headers={"Retry-After": "5"})
