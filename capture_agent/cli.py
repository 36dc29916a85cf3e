"""`phosphene-capture`: the command line of a capture device. An error is one sentence on standard error.

Exit codes: 0 done, 1 it could not be done, 2 a wrong call, 75 start me again (of `run`), 78 wrong settings or no
pairing, 130 Ctrl-C.
"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

from capture_agent import cli_upload
from capture_agent.errors import CaptureError
from capture_agent.protocol import LARGEST, CaptureSettings, RecordError, Start
from capture_agent.settings import SettingsError, read_settings, write_pairing

DEFAULTS = CaptureSettings()
WRONG_SETTINGS = 78  # EX_CONFIG: systemd does not try again
app = typer.Typer(
    help="Phosphene's capture agent: photographs portraits and brings them to the studio.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
CameraOption = Annotated[
    str, typer.Option(help="auto, picamera2, v4l2:/dev/video0, folder:PICTURES or fake. `cameras` lists what is here.")
]


@app.command()
def pair(
    studio: Annotated[str, typer.Option(help="The studio's address, such as https://studio.example.org.")],
    name: Annotated[str, typer.Option(help="How the studio calls this device; its host name if not said.")] = "",
) -> None:
    """Show a code; typed on the studio's page, it lets this device into one project."""
    from capture_agent.cli_run import after_pairing
    from capture_agent.pair import pair as wait_for_pairing

    def show(code: str, address: str) -> None:
        typer.echo(f"Type this code on the capture page of {address}, within 10 minutes:\n\n    {code}\n")

    settings = read_settings()
    kept = wait_for_pairing(studio, device_name=name or settings.name, show=show)
    path = write_pairing(settings, kept)
    typer.echo(f"Paired as “{kept['name']}” with the project “{kept['project_name']}”. The token is in {path}.")
    after_pairing(settings)


@app.command()
def shoot(
    resolution: Annotated[
        tuple[int, int], typer.Option(help="Width and height, up to {} and {}.".format(*LARGEST))
    ] = DEFAULTS.resolution,
    iso: Annotated[int, typer.Option(help="0 to 800; 0 leaves it to the camera.")] = DEFAULTS.iso,
    shutter_speed: Annotated[
        int, typer.Option(help="Microseconds, 0 to 1000000: 1000 is 1/1000 s. 0 leaves it to the camera.")
    ] = DEFAULTS.shutter_us,
    awb_red_gain: Annotated[float, typer.Option(help="White balance: red, 0 to 8.")] = DEFAULTS.red_gain,
    awb_blue_gain: Annotated[float, typer.Option(help="White balance: blue, 0 to 8.")] = DEFAULTS.blue_gain,
    preview_time: Annotated[float, typer.Option(help="Seconds of live view.")] = DEFAULTS.preview_seconds,
    prompt_on_timeout: Annotated[
        bool, typer.Option(help="Ask after the test shot whether the settings are good.")
    ] = DEFAULTS.prompt_on_timeout,
    datasets_location: Annotated[
        Path | None,
        typer.Option(
            help="Keep in this folder, and send nothing. Without it: the spool of a paired device, else ./datasets."
        ),
    ] = None,
    dataset_name: Annotated[str, typer.Option(help="The set's name, and the beginning of file names.")] = (
        DEFAULTS.dataset_name
    ),
    num_photos_to_take: Annotated[int, typer.Option(help="1 or more.")] = DEFAULTS.number_of_photos,
    interval: Annotated[
        float, typer.Option(help="Seconds from one photograph to the next; 0: as fast as it goes.")
    ] = DEFAULTS.interval_seconds,
    countdown: Annotated[float, typer.Option(help="Seconds of grace before the first.")] = DEFAULTS.countdown_seconds,
    append: Annotated[
        bool, typer.Option("--append/--new", help="Add to a set of this name, or insist on a new one.")
    ] = True,
    camera: CameraOption = "",
    preview_picture: Annotated[Path | None, typer.Option(help="Keep the live view in this JPEG, for a viewer.")] = None,
    sitter: Annotated[str, typer.Option(help="The sitting's name in the library.")] = "",
    prompt: Annotated[str, typer.Option(help="What the sitter was asked for.")] = "",
    place: Annotated[str, typer.Option(help="Where it was.")] = "",
) -> None:
    """A sitting: live view, test shot, accept or retake, countdown, then the burst. Keys: space pauses, q stops."""
    from capture_agent.cli_shoot import shoot_call

    settings = CaptureSettings(
        resolution=resolution,
        iso=iso,
        shutter_us=shutter_speed,
        red_gain=awb_red_gain,
        blue_gain=awb_blue_gain,
        preview_seconds=preview_time,
        prompt_on_timeout=prompt_on_timeout,
        number_of_photos=num_photos_to_take,
        interval_seconds=interval,
        countdown_seconds=countdown,
        dataset_name=dataset_name,
    )
    order = Start(name=sitter, prompt=prompt, place=place, append=append)
    raise typer.Exit(shoot_call(settings, order, camera=camera, location=datasets_location, preview=preview_picture))


@app.command()
def run(camera: CameraOption = "") -> None:
    """Serve the studio: live view, commands and photographs from its capture page, until told to end."""
    from capture_agent.cli_run import run_call

    raise typer.Exit(run_call(read_settings(), camera=camera))


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """The pairing, the free space, and what waits for the studio."""
    from capture_agent.cli_run import status_call

    status_call(read_settings(), as_json=as_json)


@app.command()
def cameras(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """The cameras that can be opened here, and why others cannot."""
    from capture_agent.cameras import found_cameras

    found = list(found_cameras())
    if as_json:
        said = [{"kind": kind, "places": places, "reason": reason} for kind, places, reason in found]
        typer.echo(json.dumps(said, indent=1))
        return
    for kind, places, reason in found:
        typer.echo(f"{kind:10} {', '.join(f'{kind}:{place}' if place else kind for place in places) or reason}")


@app.command()
def unit() -> None:
    """Print the systemd unit for this installation: phosphene-capture unit | sudo tee /etc/systemd/system/…"""
    from capture_agent.unit import unit_text

    typer.echo(unit_text(read_settings()), nl=False)


cli_upload.add_to(app)


def main() -> None:
    """What the command runs."""
    sys.exit(call(sys.argv[1:]))


def call(arguments: list[str]) -> int:
    """-> the exit code"""
    try:
        return app(args=arguments, standalone_mode=False) or 0
    except TyperException as error:
        sys.stderr.write(f"{error.format_message()}\n")
        return error.exit_code
    except (Abort, KeyboardInterrupt):
        sys.stderr.write("Stopped.\n")
        return 130
    except RecordError as error:
        sys.stderr.write(f"{_option(error)}\n")
        return 2
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return WRONG_SETTINGS
    except CaptureError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error.filename or 'This device'}: {error.strerror or error}.\n")
        return 1


OPTIONS = {
    "shutter_us": "--shutter-speed",
    "red_gain": "--awb-red-gain",
    "blue_gain": "--awb-blue-gain",
    "preview_seconds": "--preview-time",
    "number_of_photos": "--num-photos-to-take",
    "interval_seconds": "--interval",
    "countdown_seconds": "--countdown",
    "name": "--sitter",
}


def _option(error: RecordError) -> str:
    """The sentence with the option's name in place of the setting's."""
    option = OPTIONS.get(error.field, f"--{error.field.replace('_', '-')}")
    return f"{option}{str(error).removeprefix(error.field)}"


if __name__ == "__main__":
    main()
