"""`manage.py work`: the site's CPU chores, out of the job table."""

import os
import signal
import socket
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from studio.jobs.worker import Worker


class Command(BaseCommand):
    help = "Work on the jobs of this site: decoding, analysis, joining films."

    def handle(self, *arguments: Any, **options: Any) -> None:
        stops: list[int] = []
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda number, frame: stops.append(number))
        name = f"worker {socket.gethostname()} {os.getpid()}"
        chores = import_string(settings.WORKER_CHORES)
        Worker(name=name, hands=settings.WORKER_HANDS, chores=chores).run(lambda: bool(stops))
