"""Who hears of a sitting: the terminal, or the socket to the studio."""

from typing import Protocol

from capture_agent.cameras.base import Photo
from capture_agent.protocol import Shot, TestShot


class Listener(Protocol):
    """Hears of it, on the sitting's thread."""

    def live(self, photo: Photo) -> None: ...

    def tested(self, test_shot: TestShot, photo: Photo) -> None:
        """`photo` is a smaller picture of the test shot."""

    def shot(self, shot: Shot, photo: Photo) -> None:
        """A photograph is on the disk; `photo` is a smaller picture of it."""
