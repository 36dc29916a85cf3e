"""Who else follows jobs: dotted paths per kind of job, called in the transaction of every change of its state."""

from collections import defaultdict
from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

if TYPE_CHECKING:  # apps register before any model is loaded
    from studio.jobs.models import Job

# kind of job -> "package.module.function", each called with the job as it stands now.
WATCHERS: dict[str, list[str]] = defaultdict(list)


def watch(kind: str, path: str) -> None:
    """Follow all jobs of that kind; apps call this in AppConfig.ready()."""
    if path not in WATCHERS[kind]:
        WATCHERS[kind].append(path)


def tell_watcher(job: "Job") -> None:
    for path in WATCHERS.get(job.kind, ()):
        import_string(path)(job)
