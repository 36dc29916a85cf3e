"""The systemd unit of this installation: the file beside, with user, program and state folder filled in."""

import getpass
import sys
from pathlib import Path

from capture_agent.errors import CaptureError
from capture_agent.settings import Settings

TEMPLATE = Path(__file__).parent / "systemd" / "phosphene-capture.service"
PROGRAM = "phosphene-capture"


def unit_text(settings: Settings) -> str:
    """Raises CaptureError when it is asked for as root, who must not run a camera."""
    user = getpass.getuser()
    if user == "root":
        raise CaptureError("Ask for the unit as the user who photographs, not as root: the service runs as that user.")
    return filled_in(user=user, program=Path(sys.prefix) / "bin" / PROGRAM, state=settings.state_dir)


def filled_in(*, user: str, program: Path, state: Path) -> str:
    for path in (program, state):
        if any(letter.isspace() or letter in "%\"'\\" for letter in str(path)):
            raise CaptureError(
                f"systemd cannot take the path {path}: use one without spaces, quotes and percent signs."
            )
    values = {"{user}": user, "{program}": str(program), "{state}": str(state)}
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(name, value)
    return text
