"""What a camera wrote into a picture: kept aside as plain facts, never where it was taken."""

import math
import re
from datetime import UTC, datetime
from typing import Any

from PIL import ExifTags, Image

ORIENTATION, EXIF_IFD = 0x0112, 0x8769
# Places, a maker's own notes and comments may hold anything, a place too; previews are pictures.
HIDDEN = {"GPSInfo", "MakerNote", "UserComment", "XPComment", "XPKeywords", "XMLPacket", "PrintImageMatching"}
HIDDEN |= {"JPEGInterchangeFormat", "JPEGInterchangeFormatLength", "ImageResources", "InterColorProfile", "ExifOffset"}
HIDDEN |= {"StripOffsets", "StripByteCounts", "TileOffsets", "TileByteCounts", "IPTCNAA", "ApplicationNotes"}
MAX_FACTS, MAX_LETTERS, MAX_NUMBERS = 100, 200, 16
MOMENT = re.compile(r"^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")


def facts_of(image: Image.Image) -> dict[str, Any]:
    """{"Model": "…", "ExposureTime": 0.004, …} in plain JSON. Empty when there is nothing, or nothing readable."""
    try:
        exif = image.getexif()
        found = {**dict(exif), **exif.get_ifd(EXIF_IFD)}
    except Exception:  # metadata are written by anything; they never refuse a picture
        return {}
    facts: dict[str, Any] = {}
    for tag, value in found.items():
        name, plain = ExifTags.TAGS.get(tag), _plain(value)
        if name is not None and name not in HIDDEN and plain is not None and len(facts) < MAX_FACTS:
            facts[name] = plain
    return facts


def orientation_of(image: Image.Image) -> int:
    """1 to 8 as EXIF counts; 5 to 8 lie on their side."""
    try:
        value = image.getexif().get(ORIENTATION, 1)
    except Exception:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def moment_of(facts: dict[str, Any]) -> datetime | None:
    """When the camera says that it took the picture; without a time zone it is taken for UTC."""
    for name in ("DateTimeOriginal", "DateTimeDigitized", "DateTime"):
        match = MOMENT.match(str(facts.get(name, "")))
        if match is None:
            continue
        zone = str(facts.get({"DateTimeOriginal": "OffsetTimeOriginal"}.get(name, "OffsetTime"), "")) or "+00:00"
        text = "{}-{}-{}T{}:{}:{}".format(*match.groups())
        for candidate in (text + zone, text + "+00:00"):
            try:
                return datetime.fromisoformat(candidate).astimezone(UTC)
            except (ValueError, OverflowError):
                continue
    return None


def _plain(value: Any) -> Any:
    """A value as JSON and PostgreSQL keep it; None for what neither would."""
    if isinstance(value, bytes):
        value = value.decode("ascii", "ignore")
    if isinstance(value, str):
        text = "".join(letter for letter in value if letter.isprintable()).strip()
        return text[:MAX_LETTERS] or None
    if isinstance(value, tuple | list):
        parts = [_plain(part) for part in value[: MAX_NUMBERS + 1]]
        return parts if len(parts) <= MAX_NUMBERS and None not in parts else None
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else round(number, 6)
