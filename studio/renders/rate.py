"""How fast a film grows: frames a second over all services, measured where the frames arrive."""

from datetime import timedelta

from django.utils import timezone

from studio.renders.models import Render

# Long enough that a batch more or less does not matter.
WINDOW = timedelta(seconds=2)
# After such a pause (stopped, no service) the old measure says nothing.
PAUSE = timedelta(seconds=30)
NEW_SHARE = 0.4


def measure(render: Render, done: int) -> None:
    """Note that `done` frames of the film are drawn now. Call it inside a transaction."""
    now = timezone.now()
    begun, before, rate = render.measured_at, render.measured_done, render.frames_per_second
    if begun is None or done < before or now - begun > PAUSE:
        rate = None
    elif now - begun < WINDOW:
        return
    else:
        fresh = (done - before) / (now - begun).total_seconds()
        rate = fresh if rate is None else (1 - NEW_SHARE) * rate + NEW_SHARE * fresh
    Render.objects.filter(pk=render.pk).update(frames_per_second=rate, measured_at=now, measured_done=done)
