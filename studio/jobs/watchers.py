"""Who else follows a job: a dotted path per kind of job, called in the transaction of every change of its state."""

from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

if TYPE_CHECKING:  # apps register before any model is loaded
    from studio.jobs.models import Job

# kind of job -> "package.module.function", called with the job as it stands now. Apps add theirs in AppConfig.ready().
WATCHERS: dict[str, str] = {}


def tell_watcher(job: "Job") -> None:
    path = WATCHERS.get(job.kind)
    if path is not None:
        import_string(path)(job)
