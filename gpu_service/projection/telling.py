"""What a projection says while it goes on: lines of JSON for the service, plain lines for a person."""

import sys
from typing import Annotated, Literal, TextIO

from pydantic import BaseModel, Field

from gpu_service.protocol.projection import ProjectionNote, ProjectionTick


class PartDone(BaseModel):
    """Frames that are found and lie in the work folder, and a picture of the last of them beside its target."""

    kind: Literal["part"] = "part"
    first: int
    end: int
    loss: list[float]
    steps: list[int]
    file: str
    picture: str


class Ending(BaseModel):
    """The last word. `sentence` where it failed."""

    kind: Literal["ending"] = "ending"
    outcome: Literal["done", "paused", "stopped", "failed"]
    frames: int = 0
    fps: str = ""
    sentence: str = ""
    retry: bool = False


Saying = ProjectionTick | ProjectionNote | PartDone | Ending
AnySaying = Annotated[Saying, Field(discriminator="kind")]


class JsonTeller:
    """One saying a line."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out or sys.stdout

    def __call__(self, saying: Saying) -> None:
        """Write it at once."""
        self.out.write(saying.model_dump_json() + "\n")
        self.out.flush()


class LineTeller:
    """For people: a line for each batch and each sentence, one that moves on a terminal."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out or sys.stderr

    def __call__(self, saying: Saying) -> None:
        """Write what a person wants to read."""
        if isinstance(saying, ProjectionNote):
            self._line(saying.text)
        elif isinstance(saying, PartDone):
            mean, steps = (sum(each) / len(each) for each in (saying.loss, saying.steps))
            self._line(f"Frames {saying.first}–{saying.end - 1}: loss {mean:.4f}, {steps:.1f} steps a frame")
        elif isinstance(saying, ProjectionTick) and self.out.isatty():
            left = "" if saying.left_seconds is None else f", {saying.left_seconds:.0f} s left"
            loss = "" if saying.loss is None else f", loss {saying.loss:.4f}"
            self.out.write(f"\r\033[K{saying.frame} of {saying.frames} frames, step {saying.step}{loss}{left}")
            self.out.flush()

    def _line(self, text: str) -> None:
        self.out.write(("\r\033[K" if self.out.isatty() else "") + text + "\n")
        self.out.flush()
