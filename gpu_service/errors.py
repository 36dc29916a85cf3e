"""The service's errors: sentences for people, and hints for the code that may try again."""

from gpu_service.protocol import CodePath, FailureKind


class RenderError(Exception):
    """Shown to the user as it stands. `retry`: trying again may help. `field`: the parameter at fault."""

    def __init__(
        self, message: str, *, retry: bool = False, kind: FailureKind = "other", field: str | None = None
    ) -> None:
        super().__init__(message)
        self.retry = retry
        self.kind = kind
        self.field = field

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (str(self), self.retry, self.kind, self.field)


class OtherPath(RenderError):
    """It could not be drawn this way, but can be another: all segments of the film again, by this code path."""

    def __init__(self, message: str, *, kind: FailureKind, code_path: CodePath) -> None:
        super().__init__(message, kind=kind, retry=True)
        self.code_path = code_path


class Cancelled(Exception):
    """Somebody asked for an end, and this is it."""


class NotYet(Exception):
    """The plan has not got so far. Ask again later, or for an earlier moment."""

    def __init__(self, ready_until: float) -> None:
        super().__init__(f"The plan is ready until {ready_until:.2f} s.")
        self.ready_until = ready_until


class Unfinished(Exception):
    """A part of a large picture is drawn and kept. Ask again to go on: others had their turn in between."""


def _rebuild(message: str, retry: bool, kind: FailureKind, field: str | None) -> RenderError:
    return RenderError(message, retry=retry, kind=kind, field=field)
