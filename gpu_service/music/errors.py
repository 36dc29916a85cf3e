"""The one error of this package: a sentence for the person who chose the file."""


class MusicError(Exception):
    """Shown to the user as it stands: what happened, to what, and what to do.

    `retry` says that the file is not to blame (a full disk, a slow machine), so that trying again may help.
    """

    def __init__(self, message: str, *, retry: bool = False) -> None:
        super().__init__(message)
        self.retry = retry
