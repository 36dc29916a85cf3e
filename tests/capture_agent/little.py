"""A clock that only moves when told, and a listener that remembers."""

from dataclasses import dataclass, field

from capture_agent.cameras.base import Photo
from capture_agent.protocol import Shot, TestShot


class Clock:
    """Seconds; `clock.now += 1` lets time pass."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Memory:
    frames: list[Photo] = field(default_factory=list)
    tests: list[tuple[TestShot, Photo]] = field(default_factory=list)
    shots: list[Shot] = field(default_factory=list)

    def live(self, photo: Photo) -> None:
        self.frames.append(photo)

    def tested(self, test_shot: TestShot, photo: Photo) -> None:
        self.tests.append((test_shot, photo))

    def shot(self, shot: Shot, photo: Photo) -> None:
        self.shots.append(shot)
