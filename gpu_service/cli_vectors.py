"""`snapshot directions` and `snapshot harvest`: what the explorer's chores do, on the command line."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from gpu_service.cli_places import check_place
from gpu_service.cli_progress import progress_bar
from gpu_service.errors import RenderError
from gpu_service.protocol import DirectionsOrder, FilesResult, HarvestOrder
from gpu_service.settings import calm_threads

if TYPE_CHECKING:
    from gpu_service.executors.vector_chores import Files

Weights = Annotated[Path, typer.Argument(help="A file of weights, ours or foreign.")]
DeviceName = Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:1.")]
StepReport = Callable[[str, float], None]


def directions(
    file: Weights,
    method: Annotated[str, typer.Option(help="sefa (from the weights) or ganspace (from samples).")] = "sefa",
    count: Annotated[int, typer.Option(help="How many, strongest first.")] = 20,
    samples: Annotated[int, typer.Option(help="Vectors that are looked at for how far each direction goes.")] = 10_000,
    rows: Annotated[str | None, typer.Option(help="SeFa of these rows of w alone, such as 0-4.")] = None,
    device: DeviceName = "auto",
    out: Annotated[Path, typer.Option(help="The file of directions.")] = Path("directions.safetensors"),
) -> None:
    """Find directions of a network, and write them as one small file."""
    from gpu_service.executors import vector_chores

    check_place("--out", out, name="directions.safetensors")
    order = checked(DirectionsOrder, method=method, count=count, samples=samples, rows=read_rows(rows))
    with files_of(file, device=device, folder=out.parent) as files, reported() as report:
        made = vector_chores.find_directions(order, files, report)
        (files.folder / made.files["directions"]).replace(out)
    shares = ", ".join(f"{share:.0%}" for share in made.facts["shares"][:5])
    typer.echo(f"{out}  {made.facts['count']} directions, the strongest {shares}")


def harvest(
    file: Weights,
    count: Annotated[int, typer.Option(help="How many pictures to keep.")] = 24,
    faces: Annotated[str, typer.Option(help="any, with or without.")] = "any",
    most: Annotated[int, typer.Option(help="Give up after so many were drawn.")] = 2_000,
    first_seed: Annotated[int, typer.Option(help="The first seed; the others follow.")] = 0,
    truncation: Annotated[float, typer.Option(help="0: the average picture, 1: the vector's own.")] = 0.7,
    label: Annotated[int | None, typer.Option("--class", help="A class of the network; its first.")] = None,
    noise: Annotated[str, typer.Option(help="const, none or random.")] = "const",
    noise_seed: Annotated[int, typer.Option(help="Another seed is another random noise.")] = 0,
    device: DeviceName = "auto",
    out: Annotated[Path, typer.Option(help="Folder for harvest.zip and sheet.jpg.")] = Path("harvest"),
) -> None:
    """Draw pictures of one seed after the other; keep those with or without a face, each with JSON to draw it again."""
    from gpu_service.executors import vector_chores
    from gpu_service.snapshots.store import read_facts

    order = checked(
        HarvestOrder,
        count=count,
        faces=faces,
        most=most,
        first_seed=first_seed,
        truncation=truncation,
        label=label,
        look={"noise": noise, "noise_seed": noise_seed},
    )
    out.mkdir(parents=True, exist_ok=True)
    with files_of(file, device=device, folder=out) as files, reported() as report:
        if label is None and (classes := read_facts(files.snapshots[0].path).num_classes):
            typer.echo(f"Without --class, the first of {classes} classes is drawn.", err=True)
            order = order.model_copy(update={"label": 0})
        made: FilesResult = vector_chores.harvest_pictures(order, files, report)
        for name in made.files.values():
            (files.folder / name).replace(out / name)
    typer.echo(f"{out / made.files['zip']}  {made.facts['kept']} of {made.facts['drawn']} pictures")
    if made.facts["sentence"]:
        typer.echo(made.facts["sentence"], err=True)


def add_to(app: typer.Typer) -> None:
    """As commands of that group."""
    app.command("directions")(directions)
    app.command("harvest")(harvest)


def checked(model: type[Any], **values: Any) -> Any:
    """An order from options. RenderError names the wrong one."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = {"label": "class"}.get(str(first["loc"][-1]), str(first["loc"][-1])).replace("_", "-")
        words = str(first["msg"])
        raise RenderError(f"--{name} {first['input']}: {words[:1].lower()}{words[1:]}.") from error


def read_rows(text: str | None) -> dict[str, int]:
    """ "0-4" -> rows 0 to 4; nothing -> all."""
    if text is None:
        return {}
    first, dash, last = text.partition("-")
    if not first.isdecimal() or (dash and not last.isdecimal()):
        raise RenderError(f"--rows {text}: write the first and the last row, such as 0-4.")
    return {"first": int(first), "end": int(last or first) + 1}


@contextmanager
def files_of(file: Path, *, device: str, folder: Path) -> Iterator["Files"]:
    """The snapshot in our form, and a folder beside the results' place that goes afterwards."""
    calm_threads()
    from gpu_service.executors.vector_chores import Files, SnapshotFile
    from gpu_service.file_hash import file_sha256
    from gpu_service.film.code_path import choose_device
    from gpu_service.snapshots.store import import_snapshot

    if not file.is_file():
        raise RenderError(f"There is no snapshot at {file}.")
    chosen = choose_device(device)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as made:
        path = file
        if file.suffix != ".safetensors":
            path = Path(made) / "network.safetensors"
            import_snapshot(file, to=path, name=file.name)
        yield Files([SnapshotFile(file_sha256(path), file.name, path)], {}, Path(made), chosen)


@contextmanager
def reported() -> Iterator[StepReport]:
    """A bar on the terminal."""
    with progress_bar() as bar:
        task = bar.add_task("Starting", total=1.0, more="")
        yield lambda title, share: bar.update(task, description=title, completed=share)
