"""What the worker can do: a dotted path per kind of job, imported only in the child process that runs it."""

# kind of job -> "package.module.function", called with a Context. Apps add theirs in AppConfig.ready().
HANDLERS: dict[str, str] = {}


class JobFailed(Exception):
    """Shown to the person as it stands. `retry` says whether trying again may help."""

    def __init__(self, message: str, *, retry: bool = False) -> None:
        super().__init__(message)
        self.retry = retry


class JobCancelled(Exception):
    """The job was stopped by a person; the handler unwinds."""
