"""`phosphene-capture sets`: what lies here beside what the studio has, told by content, not by count."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from capture_agent.cli_upload import AsJson, Project, Studio, Token, by_set, open_studio, patiently
from capture_agent.find_pictures import find_pictures
from capture_agent.import_memory import ImportMemory
from capture_agent.import_queue import hash_picture
from capture_agent.settings import read_settings
from capture_agent.spool import Spool
from capture_agent.studio import StudioClient

GIVE_UP_SECONDS = 30.0


@dataclass(frozen=True)
class LocalSet:
    """A set on this disk. `here` and `in_studio` count different contents; the same picture twice is one."""

    set_name: str
    dataset: str
    here: int
    in_studio: int
    missing_bytes: int

    @property
    def missing(self) -> int:
        return self.here - self.in_studio


def sets(
    location: Annotated[
        Path | None, typer.Argument(help="A folder or zip of sets; this device's spool without it.")
    ] = None,
    dataset: Annotated[
        str, typer.Option(help="Compare with this dataset; with the one of each set's name without it.")
    ] = "",
    studio: Studio = "",
    token: Token = "",
    project: Project = "",
    as_json: AsJson = False,
) -> None:
    """List local sets, and how much of each the studio has. Ends with 0 when nothing is missing, else with 1."""
    settings = read_settings()
    client = open_studio(settings, studio=studio, token=token, project=project)
    if location is None:
        with Spool(settings.spool_dir, floor_bytes=settings.floor_bytes) as spool:
            contents = _of_spool(spool)
    else:
        memory = ImportMemory(settings.state_dir / "imports.sqlite")
        contents = _of_folder(location, memory)
        memory.close()
    found = [_compare(client, name, dataset or name, sizes) for name, sizes in contents.items()]
    client.close()
    _tell(found, as_json=as_json)
    raise typer.Exit(0 if all(one.missing == 0 for one in found) else 1)


def _of_spool(spool: Spool) -> dict[str, dict[str, int]]:
    """Set -> sha256 -> size."""
    found: dict[str, dict[str, int]] = {}
    for shot in spool.shots():
        found.setdefault(shot.dataset_name, {})[shot.sha256] = shot.size_bytes
    return found


def _of_folder(location: Path, memory: ImportMemory) -> dict[str, dict[str, int]]:
    return {
        name: {hash_picture(one, memory): one.size_bytes for one in pictures}
        for name, pictures in by_set(find_pictures(location)).items()
    }


def _compare(client: StudioClient, set_name: str, dataset: str, sizes: dict[str, int]) -> LocalSet:
    there = patiently(lambda: client.dataset(dataset, create=False), client, GIVE_UP_SECONDS)
    known = patiently(lambda: client.known(str(there["id"]), list(sizes)), client, GIVE_UP_SECONDS) if there else {}
    missing = sum(size for sha256, size in sizes.items() if sha256 not in (known or {}))
    return LocalSet(set_name, dataset, len(sizes), len(known or {}), missing)


def _tell(found: list[LocalSet], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([asdict(one) | {"missing": one.missing} for one in found], indent=1, ensure_ascii=False))
        return
    if not found:
        typer.echo("There are no sets here.")
        return
    table = Table("set", "dataset", "here", "in the studio", "to send", "MB to send")
    for one in found:
        numbers = (one.here, one.in_studio, one.missing)
        table.add_row(one.set_name, one.dataset, *map(str, numbers), f"{one.missing_bytes / 1e6:.1f}")
    Console().print(table)
