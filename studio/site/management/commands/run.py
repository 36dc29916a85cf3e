"""`manage.py run`: studio, worker and one render service in one terminal. Ctrl-C ends all."""

import http.client
import signal
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from studio.errors import SettingsError
from studio.settings.environment import REPOSITORY
from studio.site import prepare
from studio.site.supervisor import Printer, Supervisor, python

MANAGE = str(REPOSITORY / "manage.py")


class Command(BaseCommand):
    help = "Start the studio, its worker and one render service; print a sign-in link."

    def handle(self, *arguments: Any, **options: Any) -> None:
        printer = Printer(sys.stdout)
        supervisor = Supervisor(printer)
        stops: list[int] = []
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, lambda number, frame: stops.append(number))
        environment = settings.ENVIRONMENT
        lock = prepare.take_data_folder()
        try:
            prepare.require_port(environment.host, environment.port)
            prepare.migrate()
            prepare.require_password()
            self._start(supervisor, printer, stops)
        except SettingsError as error:
            self.stderr.write(str(error))
            sys.exit(2)
        finally:
            supervisor.stop()
            lock.close()
        printer.line("run", "Stopped.")

    def _start(self, supervisor: Supervisor, printer: Printer, stops: list[int]) -> None:
        environment = settings.ENVIRONMENT
        supervisor.add("studio", python(MANAGE, "serve"))
        user = prepare.first_user()
        supervisor.watch(lambda: bool(stops) or is_served(environment.host, environment.port))
        if stops:
            return
        if environment.has_demo and prepare.is_demo_missing():
            printer.line("run", "Making the demo project.")
            supervisor.once("demo", python(MANAGE, "make_demo", str(user.pk)), lambda: bool(stops))
        if stops:
            return
        link = prepare.sign_in_address(user)
        printer.announce(f"Phosphene is ready. Sign in once with {link}")
        supervisor.add("worker", python(MANAGE, "work"))
        if environment.has_gpu_service:
            token_file = str(prepare.embedded_token_file())
            studio = f"http://{loopback(environment.host)}:{environment.port}"
            service = ("-m", "gpu_service", "serve", "--studio", studio, "--token-file", token_file)
            supervisor.add("gpu", python(*service))
        connection.close()
        supervisor.watch(lambda: bool(stops))


def is_served(host: str, port: int) -> bool:
    """Whether a page can be had."""
    line = http.client.HTTPConnection(loopback(host), port, timeout=2)
    try:
        line.request("GET", "/sign-in/")
        return line.getresponse().status in (200, 503)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def loopback(host: str) -> str:
    """The address of this machine for itself, when the studio listens on all of them."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 (a comparison)
