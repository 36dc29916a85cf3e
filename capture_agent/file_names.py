"""Names as Pitraiture gives them: `<set>_<MM-DD-YYYY_HH-MM-SS-microseconds>.jpeg`; sets may hold underscores."""

import re
from datetime import datetime
from pathlib import PurePath

TIME = "%m-%d-%Y_%H-%M-%S-%f"
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".tif", ".tiff"})
REFUSED = frozenset('/\\:*?"<>|')
# The time is what follows the second-to-last underscore.
NAME = re.compile(r"^(?P<set>.*)_(?P<time>\d{2}-\d{2}-\d{4}_\d{2}-\d{2}-\d{2}-\d{1,6})$")


def stem_of(set_name: str, taken_at: datetime) -> str:
    """The name of a shot without its suffix, in the clock of `taken_at`."""
    return f"{clean_set_name(set_name)}_{taken_at.strftime(TIME)}"


def parse_stem(stem: str) -> tuple[str, datetime] | None:
    """-> set and time (naive: local time of whoever photographed), or None for a name of another kind."""
    match = NAME.match(stem)
    if match is None:
        return None
    try:
        return match["set"], datetime.strptime(match["time"], TIME)  # noqa: DTZ007 - the name says no zone
    except ValueError:
        return None


def is_picture(name: str) -> bool:
    """By its suffix; the shadow files of other systems (`._x.jpg`) are none."""
    path = PurePath(name)
    return path.suffix.lower() in PICTURES and not path.name.startswith(".")


def clean_set_name(name: str) -> str:
    """A set's name as part of a file's name: what a file system refuses becomes a hyphen."""
    kept = "".join("-" if letter in REFUSED or not letter.isprintable() else letter for letter in name).strip(" .")
    return kept.encode()[:150].decode(errors="ignore").strip(" .") or "faces"
