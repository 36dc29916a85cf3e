"""What goes wrong in training, as sentences for people."""

from gpu_service.errors import RenderError


class TrainingError(RenderError):
    """A run cannot begin, go on or be kept. Shown as it stands."""


class Diverged(TrainingError):
    """A loss is no number any more. The last checkpoint is untouched; the sentence says what to try."""

    def __init__(self, message: str) -> None:
        super().__init__(message, kind="diverged")
