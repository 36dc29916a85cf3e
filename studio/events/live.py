"""The open pages of this process: who looks at which project, and a way to tell them what is no event."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Protocol
from uuid import UUID

from studio.events import places
from studio.events.places import Message

# Each is asked for a message when a page opens its socket. Apps add theirs in AppConfig.ready().
GREETINGS: list[Callable[[], Awaitable[Message]]] = []


class Listener(places.Page, Protocol):
    """An open page."""


_open: dict[UUID, list[Listener]] = defaultdict(list)


def enter(listener: Listener) -> None:
    """A page is open; everybody on the project hears who is here."""
    pages = _open[listener.project_id]
    pages.append(listener)
    _tell_presence(listener.project_id)
    if any(page.here for page in pages):
        places.tell_soon(listener.loop, listener.project_id, pages)


def leave(listener: Listener) -> None:
    _open[listener.project_id].remove(listener)
    if not _open[listener.project_id]:
        del _open[listener.project_id]
    else:
        _tell_presence(listener.project_id)
        if listener.here is not None:
            places.tell_soon(listener.loop, listener.project_id, _open[listener.project_id])


def heard_where(listener: Listener, message: Message) -> None:
    """A page tells which track it shows, where its playhead is and what is chosen; the others hear of it."""
    places.heard(listener, message, _open[listener.project_id])


def broadcast(message: Message) -> None:
    """Tell every open page of this process, from any thread. It replaces an unsent one of the same type."""
    for listeners in list(_open.values()):
        for listener in list(listeners):
            listener.loop.call_soon_threadsafe(listener.tell, message)


def people_on(project_id: UUID) -> list[Message]:
    """Who looks at that project now, each person once, in the order of coming."""
    return list({person["id"]: person for person in (page.person() for page in _open.get(project_id, ()))}.values())


def _tell_presence(project_id: UUID) -> None:
    message = {"type": "presence", "people": people_on(project_id)}
    for listener in _open[project_id]:
        listener.tell(message)
