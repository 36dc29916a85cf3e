"""The command line: films, analyses, networks, the service. An error is one sentence on standard error and code 2."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

from gpu_service import cli_film, cli_projection, cli_vectors
from gpu_service.cli_snapshot import snapshots
from gpu_service.errors import RenderError
from gpu_service.music.errors import MusicError
from gpu_service.networks import NetworkError
from gpu_service.settings import Settings, SettingsError, read_settings, read_token_file
from gpu_service.snapshots.errors import SnapshotError

app = typer.Typer(help="Phosphene's render service.", no_args_is_help=True, add_completion=False, rich_markup_mode=None)
app.add_typer(snapshots, name="snapshot")
cli_vectors.add_to(snapshots)
cli_film.add_to(app)
cli_projection.add_to(app)

OutFolder = Annotated[Path, typer.Option(help="Folder for what is made.")]


@app.command()
def visualizers(
    as_json: Annotated[bool, typer.Option("--json", help="The whole catalogue as JSON.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="A page of documentation.")] = False,
) -> None:
    """What there is to draw with."""
    from gpu_service.visualizers.catalogue import catalogue, markdown

    infos = catalogue()
    if as_json:
        typer.echo(json.dumps([info.model_dump(mode="json") for info in infos], indent=2, ensure_ascii=False))
    elif as_markdown:
        typer.echo(markdown(infos))
    else:
        for info in infos:
            typer.echo(f"{info.name}  {info.summary}")


@app.command()
def analyse(
    song: Annotated[Path, typer.Argument(help="A sound file.")],
    out: Annotated[Path, typer.Option(help="The analysis as JSON.")] = Path("analysis.json"),
) -> None:
    """Beats, tempo, onsets, sections and key of a track, as JSON."""
    from gpu_service.cli_analyse import analyse_to_json

    analyse_to_json(song, out=out)


@app.command()
def pattern(
    species: Annotated[str, typer.Option(help="smoke, silk, contour, mandala, iris or dream.")] = "smoke",
    seed: Annotated[int, typer.Option(min=0, help="Another seed is another network.")] = 1,
    out: OutFolder = Path("pattern"),
) -> None:
    """Make a pattern network: six snapshots from simple to complex, thumbnails, and a list of them, snapshots.json."""
    from gpu_service.executors.snapshot_chores import make_pattern

    result = make_pattern(species, seed=seed, folder=out)
    (out / "snapshots.json").write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")
    for made in result.snapshots:
        typer.echo(str(out / made.file))


@app.command()
def portraits(
    count: Annotated[int, typer.Option(help="How many.")] = 1000,
    size: Annotated[int, typer.Option(help="Pixels on a side: 32, 64, 128, 256, 512 or 1024.")] = 64,
    seed: Annotated[int, typer.Option(help="Another seed is other people.")] = 0,
    processes: Annotated[int, typer.Option(help="How many portraits are drawn at a time.")] = 1,
    sheet: Annotated[Path | None, typer.Option(help="Also a picture of the first 64, .png or .jpg.")] = None,
    out: Annotated[Path, typer.Option(help="A zip in the form that training reads.")] = Path("portraits.zip"),
) -> None:
    """Draw sample portraits by code: a training set without a camera."""
    from gpu_service.cli_portraits import portraits_call

    portraits_call(count=count, size_px=size, seed=seed, processes=processes, out=out, sheet=sheet)
    typer.echo(str(out))


@snapshots.command("draw")
def draw(
    file: Annotated[Path, typer.Argument(help="A file of weights, ours or foreign.")],
    z: Annotated[Path | None, typer.Option(help="Vectors: a .npy of N × z numbers.")] = None,
    w: Annotated[Path | None, typer.Option(help="Mapped vectors, drawn as they are: N × w, or N × rows × w.")] = None,
    seeds: Annotated[str | None, typer.Option(help="Vectors of those seeds, such as 0-7,12.")] = None,
    classes: Annotated[Path | None, typer.Option(help="A .npy of N × classes, or of N class numbers.")] = None,
    truncation: Annotated[float, typer.Option(help="0: the average picture, 1: the vector's own.")] = 0.7,
    truncation_end: Annotated[int | None, typer.Option(min=0, help="Only rows of w below this one.")] = None,
    noise: Annotated[str, typer.Option(help="const, none or random.")] = "const",
    noise_seed: Annotated[int, typer.Option(min=0, help="Another seed is another random noise.")] = 0,
    noise_strength: Annotated[float, typer.Option(help="Factor on the strength of the noise.")] = 1.0,
    precision: Annotated[str, typer.Option(help="fp32, bf16, fp16 or auto.")] = "fp32",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:1.")] = "auto",
    out: Annotated[Path, typer.Option(help="A .npy (float32, N × 3 × H × W, not clamped) or .png (a sheet).")] = Path(
        "pictures.npy"
    ),
) -> None:
    """Draw pictures of vectors: exact numbers, or a sheet to look at."""
    from gpu_service.cli_draw import DrawCall, draw_call

    draw_call(
        DrawCall(
            file=file,
            out=out,
            z=z,
            w=w,
            seeds=seeds,
            classes=classes,
            truncation=truncation,
            truncation_end=truncation_end,
            noise=noise,  # type: ignore[arg-type]  # checked there
            noise_seed=noise_seed,
            noise_strength=noise_strength,
            precision=precision,  # type: ignore[arg-type]  # checked there
            device=device,
        )
    )


@app.command()
def train(
    data: Annotated[Path | None, typer.Argument(help="A zip or folder of pictures; not needed with --resume.")] = None,
    preset: Annotated[
        str | None,
        typer.Option(help="auto, small, stylegan2, paper256, paper512, paper1024, stylegan3-t or stylegan3-r."),
    ] = None,
    size: Annotated[int | None, typer.Option(help="Pixels a side, a power of two.")] = None,
    kimg: Annotated[float | None, typer.Option(help="Thousands of pictures to show.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the run. A run that lies there goes on.")] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with that run, with the settings it has.")] = None,
    start: Annotated[Path | None, typer.Option(help="Fine-tune this snapshot, ours or foreign.")] = None,
    start_training: Annotated[
        Path | None, typer.Option(help="What training goes on from, where it does not lie beside the start.")
    ] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="name=value, such as batch=16 or gamma=2.")] = None,
    config: Annotated[Path | None, typer.Option(help="All settings as JSON, instead of a preset.")] = None,
    name: Annotated[str | None, typer.Option(help="What snapshots are named after; else the folder's name.")] = None,
    fit: Annotated[str, typer.Option(help="exact, pad or crop: what to do with pictures of other sizes.")] = "exact",
    aspect: Annotated[float | None, typer.Option(help="Width over height that renders give back.")] = None,
    features: Annotated[Path | None, typer.Option(help="A network of features, for FID and its kin.")] = None,
    devices: Annotated[int, typer.Option(min=1, max=64, help="Processes, one for each GPU.")] = 1,
    cluster: Annotated[int, typer.Option(min=0, max=256, help="Workers of a Ray cluster instead.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:1.")] = "auto",
    threads: Annotated[int, typer.Option(min=0, max=256, help="0: as many as there are cores.")] = 0,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Threads that read pictures; 0: chosen.")] = 0,
    memory_gib: Annotated[float | None, typer.Option(help="On a CPU, never ask for more than that.")] = None,
    checkpoint_seconds: Annotated[float, typer.Option(min=0, help="A checkpoint at most so often.")] = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="One report a line; wishes are read from stdin.")] = False,
    shy: Annotated[bool, typer.Option(help="Leave the processor to others.")] = False,
    refusal: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Train a network on pictures, or go on with a run. Ctrl-C keeps what was reached; the same command goes on."""
    from gpu_service.cli_train import TrainCall, train_call

    code = train_call(
        TrainCall(
            data=data,
            preset=preset,
            size=size,
            kimg=kimg,
            out=out,
            resume=resume,
            start=start,
            start_training=start_training,
            settings=set_ or [],
            config=config,
            name=name,
            fit=fit,
            aspect=aspect,
            features=features,
            devices=devices,
            cluster=cluster,
            device=device,
            threads=threads,
            workers=workers,
            memory_gib=memory_gib,
            checkpoint_seconds=checkpoint_seconds,
            as_json=as_json,
            shy=shy,
            refusal=refusal,
        )
    )
    raise typer.Exit(code)


@app.command()
def serve(
    studio: Annotated[str | None, typer.Option(help="Address of the studio, such as https://studio.example.")] = None,
    token: Annotated[str | None, typer.Option(help="A service token; better in a file.")] = None,
    token_file: Annotated[Path | None, typer.Option(help="A file with the service token.")] = None,
    name: Annotated[str | None, typer.Option(help="What the studio calls this service.")] = None,
) -> None:
    """Attach to a studio, and draw for it until interrupted."""
    from dataclasses import replace

    from gpu_service.serve import run_service

    settings = read_settings()
    if token_file is not None:
        settings = replace(settings, token=read_token_file(token_file))
    settings = replace(
        settings, studio=studio or settings.studio, token=token or settings.token, name=name or settings.name
    )
    run_service(_complete(settings))


def _complete(settings: Settings) -> Settings:
    if not settings.studio.startswith(("http://", "https://")):
        raise SettingsError("The studio's address is missing. Use --studio https://… or set GPU_STUDIO.")
    if not settings.token:
        raise SettingsError("The service token is missing. Use --token-file, or set GPU_TOKEN_FILE or GPU_TOKEN.")
    return settings


def main() -> None:
    """Run a command. Whatever a person can mend ends with one sentence and code 2."""
    if len(sys.argv) == 1:
        sys.argv.append("--help")
    try:
        code = app(standalone_mode=False)
    except TyperException as error:
        fail(error.format_message())
    except SnapshotError as error:
        fail(error.here)
    except (RenderError, MusicError, NetworkError, SettingsError) as error:
        fail(str(error))
    except OSError as error:
        fail(f"{error.filename or 'A file'}: {error.strerror or error}.")
    except (KeyboardInterrupt, Abort):
        typer.echo("Stopped.", err=True)
        sys.exit(130)
    if isinstance(code, int):
        sys.exit(code)


def fail(sentence: str) -> None:
    """One line, whatever the sentence held."""
    typer.echo(" ".join(sentence.split()), err=True)
    sys.exit(2)
