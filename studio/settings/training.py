"""What the operator supplies for training: a network whose features FID and its like are measured on."""

from collections.abc import Mapping
from pathlib import Path

from studio.errors import SettingsError

NAME = "STUDIO_FEATURES_FILE"


def features(environ: Mapping[str, str]) -> Path | None:
    """The file, or None where none is named. Raises SettingsError; what is in it, the trainer finds out."""
    text = environ.get(NAME, "").strip()
    if not text:
        return None
    path = Path(text).expanduser().absolute()
    if not path.is_file():
        raise SettingsError(f'{NAME}="{text}": there is no such file.')
    return path
