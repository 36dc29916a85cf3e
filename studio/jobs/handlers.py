"""What the worker can do: a dotted path per kind of job, imported only in the child process that runs it."""

# kind of job -> "package.module.function", called with a Context. Apps add theirs in AppConfig.ready().
HANDLERS: dict[str, str] = {}
# Kinds that come by the dozen and take a moment: nobody is told about them unless they fail.
QUIET: set[str] = set()


class JobFailed(Exception):
    """Shown to the person as it stands. `retry`: it is tried again by itself. `is_final`: no other try can help."""

    def __init__(self, message: str, *, retry: bool = False, is_final: bool = False) -> None:
        super().__init__(message)
        self.retry, self.is_final = retry, is_final


class JobCancelled(Exception):
    """The job was stopped by a person; the handler unwinds."""
