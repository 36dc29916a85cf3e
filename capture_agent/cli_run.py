"""The commands `run` and `status`."""

import asyncio
import json
import logging
from contextlib import AbstractContextManager

import typer

from capture_agent import durable
from capture_agent.agent import run_agent
from capture_agent.cli_shoot import opened_spool
from capture_agent.errors import CaptureError
from capture_agent.settings import Settings, SettingsError
from capture_agent.spool_queue import SpoolQueue
from capture_agent.uploads import SpoolUploads


def run_call(settings: Settings, *, camera: str) -> int:
    """-> the exit code"""
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("websockets").setLevel(logging.WARNING)
    if not settings.is_paired:
        raise SettingsError(
            "This device is not paired. Run: phosphene-capture pair --studio https://studio.example.org"
        )
    with (
        opened_spool(settings) as spool,
        _only_agent(settings) as is_alone,
    ):
        if not is_alone:
            raise CaptureError("The agent runs already on this device, perhaps as a service.")
        uploads = SpoolUploads(settings, spool)
        return asyncio.run(run_agent(settings, spool=spool, uploads=uploads, camera=camera or settings.camera))


def after_pairing(settings: Settings) -> None:
    """What the studio refused the old pairing may go with the new one."""
    with opened_spool(settings) as spool, _only_agent(settings) as is_alone:
        freed = SpoolQueue(spool).retry_blocked()
    if freed:
        typer.echo(f"{freed} photographs that were not taken wait again.")
    if not is_alone:
        typer.echo("The agent still runs with the old pairing: start it anew.")


def status_call(settings: Settings, *, as_json: bool) -> None:
    with opened_spool(settings) as spool, _only_agent(settings) as is_alone:
        counts, room, blocked = spool.counts(), spool.room(), spool.blocked()
    said = {
        "studio": settings.studio_url,
        "project": settings.project_name,
        "name": settings.name,
        "is_paired": settings.is_paired,
        "is_running": not is_alone,
        "spool": str(settings.spool_dir),
        "waiting": counts.waiting,
        "sending": counts.sending,
        "blocked": counts.blocked,
        "done": counts.done,
        "bytes": counts.bytes,
        "free_bytes": room.free_bytes,
        "floor_bytes": room.floor_bytes,
        "shots_left": room.shots_left,
    }
    if as_json:
        typer.echo(json.dumps(said, indent=1))
        return
    paired = (
        f"“{settings.project_name or settings.project_id}” at {settings.studio_url}" if settings.is_paired else "no"
    )
    typer.echo(f"Paired:  {paired}")
    typer.echo(f"Agent:   {'runs' if not is_alone else 'does not run'}")
    typer.echo(
        f"Spool:   {counts.waiting + counts.sending} wait, {counts.done} confirmed and still kept, "
        f"{counts.blocked} not taken ({counts.bytes / 1e6:.1f} MB in {settings.spool_dir})"
    )
    full = " FULL: capturing stops until the studio has fetched some." if room.is_full else ""
    typer.echo(f"Space:   {room.free_bytes / 1e9:.1f} GB free, room for {room.shots_left} photographs.{full}")
    for shot, reason in blocked[:10]:
        typer.echo(f"  not taken: {shot.name}: {reason}")


def _only_agent(settings: Settings) -> AbstractContextManager[bool]:
    """True inside when no agent of this device runs, and then none may start."""
    durable.make_folder(settings.state_dir)
    return durable.locked(settings.state_dir / "agent.lock", wait=False)
