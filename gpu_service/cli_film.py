"""The commands that make something of a track: `render` a film, `curves` of its signals."""

from pathlib import Path
from typing import Annotated

import typer

Songs = Annotated[list[Path] | None, typer.Argument(help="One or several sound files, played one after the other.")]
Snapshots = Annotated[list[Path] | None, typer.Option(help="A snapshot; repeat for several, quiet to loud.")]
Settings = Annotated[list[str] | None, typer.Option("--set", help="name=value or name=@file.json.")]
Scene = Annotated[Path | None, typer.Option(help="A scene file instead, as the page exports it (YAML).")]
Projections = Annotated[list[Path] | None, typer.Option(help="A projection to draw with (HDF5).")]
Preset = Annotated[str | None, typer.Option(help="Begin with these values.")]
VisualizerName = Annotated[str, typer.Option(help="See `visualizers`.")]


def add_to(app: typer.Typer) -> None:
    """Give the program these commands."""
    app.command()(render)
    app.command()(curves)
    app.command()(walk)


def render(
    songs: Songs = None,
    visualizer: VisualizerName = "noise-blend",
    snapshot: Snapshots = None,
    snapshots_dir: Annotated[Path | None, typer.Option(help="All snapshots of a folder, by name.")] = None,
    snapshots_json: Annotated[Path | None, typer.Option(help='{"networks": ["a.pkl", …]}')] = None,
    projection: Projections = None,
    scene: Scene = None,
    preset: Preset = None,
    set_: Settings = None,
    directions: Annotated[list[Path] | None, typer.Option(help="A file of directions that a path uses.")] = None,
    size: Annotated[str | None, typer.Option(help="512, or 1280x720; else 512 in the networks’ shape.")] = None,
    fps: Annotated[str | None, typer.Option(help="30, or 30000/1001; 30 where nothing else is said.")] = None,
    start: Annotated[float, typer.Option(help="Second of the track at which the film begins.")] = 0.0,
    seconds: Annotated[float | None, typer.Option(help="Length of the film; the rest of the track without it.")] = None,
    crf: Annotated[int, typer.Option(min=0, max=51, help="Quality of the encoding, 0 (largest) to 51.")] = 18,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:1.")] = "auto",
    threads: Annotated[int, typer.Option(min=0, max=256, help="0: as many as there are cores.")] = 0,
    run_config: Annotated[
        Path | None,
        typer.Option(help="Also write a record of this call. Without track and scene: make that film once more."),
    ] = None,
    log: Annotated[Path | None, typer.Option(help="Also write down, with times, what is done.")] = None,
    force_projection: Annotated[bool, typer.Option(help="Take a projection of another network.")] = False,
    debug_path: Annotated[Path | None, typer.Option(help="Also a film of all signals beside the picture.")] = None,
    debug_window: Annotated[int, typer.Option(min=2, max=10_000, help="Its plots show so many frames a page.")] = 150,
    debug_side_length: Annotated[int, typer.Option(min=64, max=2160, help="Its height in pixels.")] = 720,
    out: Annotated[Path, typer.Option(help="The film; its recipe is written beside it.")] = Path("film.mp4"),
) -> None:
    """Make a film of a track, without any studio."""
    from gpu_service.cli_job import RenderCall
    from gpu_service.cli_render import render_call

    render_call(
        RenderCall(
            songs=songs or [],
            visualizer=visualizer,
            snapshots=snapshot or [],
            snapshots_dir=snapshots_dir,
            snapshots_json=snapshots_json,
            preset=preset,
            settings=set_ or [],
            directions=directions or [],
            size=size,
            fps=fps,
            start=start,
            seconds=seconds,
            crf=crf,
            device=device,
            threads=threads,
            run_config=run_config,
            log=log,
            out=out,
            projections=projection or [],
            scene=scene,
            force_projection=force_projection,
            debug_path=debug_path,
            debug_window=debug_window,
            debug_side_length=debug_side_length,
        )
    )


def curves(
    songs: Songs = None,
    visualizer: VisualizerName = "noise-blend",
    snapshot: Snapshots = None,
    projection: Projections = None,
    scene: Scene = None,
    preset: Preset = None,
    set_: Settings = None,
    fps: Annotated[str | None, typer.Option(help="30, or 30000/1001; 30 where nothing else is said.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="The visualizer's seed.")] = None,
    out: Annotated[Path, typer.Option(help="A .npz, one array a signal, one row a frame.")] = Path("curves.npz"),
) -> None:
    """Write every signal that a plan uses as numbers, by name: GANce's, the music's, the routes'."""
    from gpu_service.cli_curves import CurvesCall, curves_call

    curves_call(
        CurvesCall(
            songs=songs or [],
            visualizer=visualizer,
            snapshots=snapshot or [],
            projections=projection or [],
            scene=scene,
            preset=preset,
            settings=set_ or [],
            fps=fps,
            seed=seed,
            out=out,
        )
    )


def walk(
    snapshot: Annotated[Path, typer.Option(help="The network to walk through.")],
    seconds: Annotated[float | None, typer.Option(min=0.0, help="Length; without it, it goes on until Ctrl-C.")] = None,
    devices: Annotated[int, typer.Option(min=1, max=64, help="Without a GPU: so many processes stand in.")] = 1,
    size: Annotated[str, typer.Option(help="512, or 1280x720.")] = "512",
    fps: Annotated[str, typer.Option(help="30, or 30000/1001.")] = "30",
    seed: Annotated[int, typer.Option(min=0, help="Another seed is another walk.")] = 0,
    seconds_each: Annotated[float, typer.Option(min=0.1, max=120.0, help="From one picture to the next.")] = 4.0,
    truncation: Annotated[float, typer.Option(min=0.0, max=2.0, help="0: the average picture, 1: as drawn.")] = 0.8,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda or cuda:1.")] = None,
    out: Annotated[str, typer.Option(help="film.mp4, or - for a player: … --out - | ffplay -fs -")] = "walk.mp4",
) -> None:
    """An endless walk through a network, drawn by every device of this machine."""
    from gpu_service.cli_walk import WalkCall, walk_call

    walk_call(
        WalkCall(
            snapshot=snapshot,
            seconds=seconds,
            devices=devices,
            size=size,
            fps=fps,
            seed=seed,
            seconds_each=seconds_each,
            truncation=truncation,
            device=device,
            out=out,
        )
    )
