"""Where the people of a project are: the track each page shows, its playhead and what is chosen there.

Nothing of it is kept. Every page of this process hears of the others, at most ten times a second however many speak.
"""

import asyncio
from typing import Any, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Message = dict[str, Any]
EVERY_SECONDS = 0.1
MOST_CHOSEN = 200


class Here(BaseModel):
    """What a page says of itself. `seconds` is its playhead, `rate` how fast that moves while it plays."""

    model_config = ConfigDict(extra="ignore")
    page: str = Field(min_length=1, max_length=40)
    track_id: UUID | None = None
    seconds: float = Field(default=0.0, ge=0, le=6 * 3600.0, allow_inf_nan=False)
    is_playing: bool = False
    rate: float = Field(default=1.0, ge=0.1, le=4.0, allow_inf_nan=False)
    selection: list[UUID] = Field(default=[], max_length=MOST_CHOSEN)


class Page(Protocol):
    loop: asyncio.AbstractEventLoop
    project_id: UUID
    here: Here | None

    def tell(self, message: Message) -> None: ...

    def person(self) -> Message: ...


def heard(page: Page, message: Message, pages: list[Page]) -> None:
    """A page tells where it is; what it says wrongly is not heard. `pages` are all of its project, itself as well."""
    try:
        page.here = Here.model_validate(message)
    except ValidationError:
        return
    tell_soon(page.loop, page.project_id, pages)


_asked: dict[UUID, asyncio.TimerHandle] = {}


def tell_soon(loop: asyncio.AbstractEventLoop, project_id: UUID, pages: list[Page]) -> None:
    """Tell all of them in a moment; what comes until then is told with it. The list may change meanwhile."""
    waiting = _asked.get(project_id)
    if waiting is None or waiting.cancelled() or waiting.when() < loop.time() - 1:
        _asked[project_id] = loop.call_later(EVERY_SECONDS, _tell, project_id, pages)


def _tell(project_id: UUID, pages: list[Page]) -> None:
    _asked.pop(project_id, None)
    places = [{**page.here.model_dump(mode="json"), "person": page.person()} for page in pages if page.here is not None]
    for page in list(pages):
        page.tell({"type": "places", "places": places})
