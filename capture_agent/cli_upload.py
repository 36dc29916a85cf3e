"""`phosphene-capture upload`: an existing folder, zip or memory card into a dataset, without what is there already."""

import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from capture_agent import upload as uploading
from capture_agent.errors import CaptureError
from capture_agent.find_pictures import Picture, find_pictures
from capture_agent.import_memory import ImportMemory
from capture_agent.import_queue import CONFIRMED, KNOWN, REFUSED, SENT, UNREAD, WAITING, ImportQueue
from capture_agent.settings import Settings, read_settings
from capture_agent.studio import Away, Refused, StudioClient
from capture_agent.upload import Patience, Uploader

GIVE_UP_SECONDS = 30.0
NO_STUDIO = "Say which studio: --studio URL and --token T, or pair this device first."
WORDS = {
    SENT: "sent",
    KNOWN: "there already",
    REFUSED: "refused by the studio",
    UNREAD: "not readable",
    WAITING: "not sent",
}

Studio = Annotated[str, typer.Option(help="The studio's address; the paired one without it.")]
Token = Annotated[str, typer.Option(help="A person's API token, or a device's; the paired one without it.")]
Project = Annotated[str, typer.Option(help="The project's id. Needed with a person's token that opens several.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the fate of every file as JSON.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    from capture_agent.cli_sets import sets

    app.command()(upload)
    app.command()(sets)


def upload(
    path: Annotated[Path, typer.Argument(help="A folder, a zip, a memory card or a picture.")],
    dataset: Annotated[str, typer.Option(help="The dataset's name; made when there is none.")],
    studio: Studio = "",
    token: Token = "",
    project: Project = "",
    resume: Annotated[bool, typer.Option(help="Go on with an upload: the dataset must be there already.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait for the studio as long as it takes, not for 30 s.")] = False,
    lanes: Annotated[int, typer.Option(min=1, max=2, help="How many files at once.")] = 2,
    as_json: AsJson = False,
) -> None:
    """Send pictures into a dataset. Ends with 0 only when the studio has confirmed every one of them.

    Only what the dataset does not have is sent. Sets and times are read from Pitraiture's names, else from folders
    and EXIF. Nothing is copied or changed here.
    """
    settings = read_settings()
    give_up = None if wait else GIVE_UP_SECONDS
    # What the uploader logs of single files is told once, at the end.
    logging.getLogger(uploading.__name__).addHandler(logging.NullHandler())
    pictures = find_pictures(path)
    if not pictures:
        raise CaptureError(f"There are no pictures in {path}.")
    client = open_studio(settings, studio=studio, token=token, project=project, give_up=give_up)
    found = patiently(lambda: client.dataset(dataset, create=not resume), client, give_up)
    if found is None:
        raise CaptureError(f"There is no dataset “{dataset}” in this project. Leave out --resume to begin one.")
    memory = ImportMemory(settings.state_dir / "imports.sqlite")
    queue = ImportQueue(
        pictures, studio=client.studio, dataset_id=str(found["id"]), sender=client.sender, memory=memory
    )
    gave_up = _send(queue, Uploader(queue, client, lanes=lanes), give_up=give_up, is_quiet=as_json)
    memory.close()
    client.close()
    _tell(queue, found, gave_up, as_json=as_json)
    raise typer.Exit(0 if queue.is_complete() else 1)


def open_studio(
    settings: Settings, *, studio: str, token: str, project: str, give_up: float | None = GIVE_UP_SECONDS
) -> StudioClient:
    """The studio that was named, or the paired one; with its project. Raises CaptureError."""
    address = studio or settings.studio_url
    secret = token or (settings.token if address == settings.studio_url else "")
    if not address or not secret:
        raise CaptureError(NO_STUDIO)
    client = StudioClient(address, token=secret, project_id=project or ("" if token else settings.project_id))
    if client.is_person and not client.project_id:
        client.project_id = _only_project(patiently(client.projects, client, give_up) or [])
    return client


def patiently(ask: Callable[[], Any], client: StudioClient, give_up: float | None) -> Any:
    """The studio's answer; None for 404. Away is borne for so many seconds. Raises CaptureError."""
    began, patience = time.monotonic(), Patience()
    while True:
        try:
            return ask()
        except Refused as refusal:
            if refusal.status == 404:
                return None
            raise CaptureError(str(refusal)) from refusal
        except Away as away:
            pause = max(patience.pause_seconds(), away.wait_seconds)
            if give_up is not None and time.monotonic() + pause - began > give_up:
                raise CaptureError(f"There was no contact with {client.studio} for {give_up:.0f} s. {away}") from away
            time.sleep(pause)


def _only_project(projects: list[dict[str, Any]]) -> str:
    if len(projects) == 1:
        return str(projects[0]["id"])
    names = "; ".join(f"{one['name']}: {one['id']}" for one in projects)
    raise CaptureError(f"Say which project: --project ID. This token opens {names or 'none'}.")


def _send(queue: ImportQueue, uploader: Uploader, *, give_up: float | None, is_quiet: bool) -> str:
    """Run, with a bar for a person who watches. -> the sentence for which it gave up, or nothing"""
    total = sum(fate.size_bytes for fate in queue.fates.values())
    console = Console(stderr=True, quiet=is_quiet and not sys.stderr.isatty())
    columns = (
        TextColumn("{task.fields[files]} of {task.fields[of]} files"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[trouble]}"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("", total=total, files=0, of=len(queue.fates), trouble="")

        def look() -> None:
            trouble = uploader.status().sentence
            progress.update(bar, completed=queue.bytes_ended, files=queue.files_ended, trouble=trouble)

        return uploader.run_until_empty(give_up_seconds=give_up, look=look)


def _tell(queue: ImportQueue, dataset: dict[str, Any], gave_up: str, *, as_json: bool) -> None:
    fates = list(queue.fates.values())
    counts = Counter(fate.fate for fate in fates)
    if as_json:
        said = {
            "dataset": {"id": dataset["id"], "name": dataset["name"]},
            "complete": queue.is_complete(),
            "gave_up": gave_up,
            "counts": {name: counts[name] for name in WORDS},
            "files": [asdict(fate) for fate in fates],
        }
        typer.echo(json.dumps(said, indent=1, ensure_ascii=False))
        return
    for fate in fates:
        if fate.fate not in CONFIRMED and fate.reason:
            typer.echo(f"{fate.place}: {fate.reason}", err=True)
    if gave_up:
        typer.echo(gave_up, err=True)
    words = ", ".join(f"{counts[name]} {word}" for name, word in WORDS.items() if counts[name])
    typer.echo(f"{len(fates)} pictures for “{dataset['name']}”: {words}.")


def by_set(pictures: list[Picture]) -> dict[str, list[Picture]]:
    """In the order in which the sets began."""
    found: dict[str, list[Picture]] = {}
    for picture in pictures:
        found.setdefault(picture.set_name, []).append(picture)
    return found
