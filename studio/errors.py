"""What a rule says no with. The API answers in one shape; a socket, a job or a command shows the same sentence."""

from typing import Any


class Refused(Exception):
    """A sentence for the person, the field it is about (such as `parameters.alpha`), and the status of the answer."""

    def __init__(self, message: str, *, field: str = "", status: int = 422) -> None:
        super().__init__(message)
        self.field = field
        self.status = status
        # How long to wait before it may be tried again, where that is known.
        self.wait_seconds = 0.0


class Conflict(Refused):
    """Somebody else was quicker: 409, with the thing as it stands now."""

    def __init__(self, message: str, *, current: dict[str, Any]) -> None:
        super().__init__(message, status=409)
        self.current = current


class SettingsError(Exception):
    """The studio cannot start like this: names the variable, what it holds, and what to write instead."""
