"""`project` and `review-projection`: their options."""

from pathlib import Path
from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """The commands about projections."""
    app.command("project")(project)
    app.command("review-projection")(review_projection)


def project(
    target: Annotated[Path, typer.Argument(help="A film, a picture, a zip or folder of portraits, a folder of films.")],
    snapshot: Annotated[Path, typer.Option(help="The network to find them in, ours or foreign.")],
    out: Annotated[Path, typer.Option(help="The projection file; for films of a folder, a folder.")] = Path(
        "projection.hdf5"
    ),
    recipe: Annotated[str, typer.Option(help="quick, or reference: the published one, each frame cold.")] = "quick",
    frames: Annotated[int | None, typer.Option(min=1, help="So many frames; all of them without it.")] = None,
    fps: Annotated[str | None, typer.Option(help="Frames a second; divides the film's own.")] = None,
    first_seconds: Annotated[float, typer.Option(help="Second of the film at which to begin.")] = 0.0,
    steps: Annotated[int | None, typer.Option(min=1, help="The most a frame may take; 200, of reference 1000.")] = None,
    space: Annotated[str, typer.Option(help="w, or w+: every row by itself.")] = "w",
    loss: Annotated[list[str] | None, typer.Option(help="pixels, discriminator, features; repeat for several.")] = None,
    training: Annotated[Path | None, typer.Option(help="The snapshot's training file, for its discriminator.")] = None,
    features: Annotated[Path | None, typer.Option(help="A feature network: VGG16, SqueezeNet, Inception-v3.")] = None,
    fit: Annotated[str, typer.Option(help="crop: the middle; pad: all of it, mirrored; stretch: squashed.")] = "crop",
    projection_width_height: Annotated[
        tuple[int, int] | None, typer.Option(help="Size of the targets in the file; the network's without it.")
    ] = None,
    video_fps: Annotated[str | None, typer.Option(help="The film's own rate, whatever it says.")] = None,
    noise: Annotated[str, typer.Option(help="network: its own; fitted: searched for too.")] = "network",
    batch: Annotated[int, typer.Option(min=1, max=256, help="Frames that are searched for together.")] = 8,
    smoothness: Annotated[float, typer.Option(min=0, help="How much neighbours hold each other; 0: not.")] = 1.0,
    pull: Annotated[
        float | None, typer.Option(min=0, help="How much w is held where samples lie; 1 by pixels alone, else 0.")
    ] = None,
    encoder: Annotated[bool, typer.Option("--encoder", help="First train a small encoder to begin from.")] = False,
    latents_histories: Annotated[bool, typer.Option(help="Keep the latents after each step.")] = False,
    noises_histories: Annotated[bool, typer.Option(help="Keep the noise maps after each step.")] = False,
    images_histories: Annotated[bool, typer.Option(help="Keep the picture after each step.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Another seed is other samples.")] = 0,
    precision: Annotated[str, typer.Option(help="auto, fp32, fp16 or bf16.")] = "auto",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what lies beside the file.")] = False,
    name: Annotated[str | None, typer.Option(help="What the target is called in the file.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:1.")] = "auto",
    threads: Annotated[int, typer.Option(min=0, max=256, help="0: as many as there are cores.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One saying a line; wishes are read from stdin.")] = False,
    shy: Annotated[bool, typer.Option(help="Leave the processor to others.")] = False,
    config: Annotated[Path | None, typer.Option(help="All settings as JSON, instead of the options.")] = None,
    review: Annotated[Path | None, typer.Option(help="Also a film of latents, targets and results.")] = None,
    network_md5: Annotated[str | None, typer.Option(hidden=True)] = None,
    network_name: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Find a film, a picture or portraits in a network. Ctrl-C keeps what was found; --resume goes on."""
    from gpu_service.cli_project import ProjectCall, config_from, read_config
    from gpu_service.cli_project_folder import project_all

    settings = (
        read_config(config)
        if config is not None
        else config_from(
            recipe=recipe,
            steps=steps,
            losses=loss or [],
            features=features,
            frames=frames,
            fps=fps,
            first_seconds=first_seconds,
            space=space,
            fit=fit,
            width_height=projection_width_height,
            video_fps=video_fps,
            noise=noise,
            batch=batch,
            smoothness=smoothness,
            pull=pull,
            encoder=encoder,
            latents_histories=latents_histories,
            noises_histories=noises_histories,
            images_histories=images_histories,
            seed=seed,
            precision=precision,
        )
    )
    code = project_all(
        ProjectCall(
            target=target,
            snapshot=snapshot,
            training=training,
            features=features,
            out=out,
            config=settings,
            resume=resume,
            name=name,
            network_md5=network_md5,
            network_name=network_name,
            device=device,
            threads=threads,
            as_json=as_json,
            shy=shy,
            review=review,
        )
    )
    raise typer.Exit(code)


def review_projection(
    file: Annotated[Path, typer.Argument(help="A projection file, ours or the original's.")],
    out: Annotated[Path, typer.Option(help="The film.")] = Path("review.mp4"),
    audio: Annotated[list[Path] | None, typer.Option(help="A sound to go with it; several follow one another.")] = None,
    height: Annotated[int, typer.Option(min=64, max=2048, help="Of each panel, in pixels.")] = 512,
    frame: Annotated[int | None, typer.Option(min=0, help="Instead, how this frame came about, step by step.")] = None,
    step: Annotated[int | None, typer.Option(min=1, help="Instead, all frames as they were after this step.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Also a .png of how the search came to rest.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print how it came to rest as JSON.")] = False,
) -> None:
    """Make a film to judge a projection by: latents, target and result side by side."""
    from gpu_service.cli_review import review_call

    review_call(file, out, audio=audio or [], height=height, frame=frame, step=step, plot=plot, as_json=as_json)
