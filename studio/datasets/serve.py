"""A portrait's files as they leave the studio: pictures of our own making, and originals without their metadata."""

import io
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from django.http import Http404, HttpRequest, HttpResponseBase
from PIL import Image

from studio.blobs.models import Blob
from studio.blobs.serve import IMMUTABLE, Part, blob_response, length_of, parts_response
from studio.blobs.store import local_path, open_blob
from studio.datasets import metadata, pictures, strip
from studio.datasets.models import Portrait
from studio.datasets.thumbs import THUMB_TYPE, VIEW_TYPE
from studio.errors import Refused

TYPES = {
    "JPEG": ("image/jpeg", (".jpg", ".jpeg", ".jpe")),
    "PNG": ("image/png", (".png",)),
    "WEBP": ("image/webp", (".webp",)),
    "HEIF": ("image/heic", (".heic", ".heif")),
    "AVIF": ("image/avif", (".avif",)),
}
CLEAN = "2"  # of the way files are cleaned; another way, another ETag
# Writing a picture anew takes six bytes of the studio's memory for each of its pixels.
MOST_ANEW_PIXELS = 30_000_000
TOO_LARGE = (
    "The original of “{name}” is too large to be handed out without what its camera wrote into it: take the view."
)
CANNOT = "The original of “{name}” cannot be handed out without what its camera wrote into it. It is kept as it is."


@dataclass(frozen=True)
class CleanFile:
    """An original without metadata: stretches of its blob and bytes of our own."""

    blob: Blob
    parts: list[Part]
    name: str
    content_type: str

    @property
    def size(self) -> int:
        return sum(length_of(part) for part in self.parts)

    def pieces(self, piece_bytes: int = 1024 * 1024) -> Iterator[bytes]:
        """The content, for a zip that is written as it is read."""
        with open_blob(self.blob) as file:
            for part in self.parts:
                if isinstance(part, bytes):
                    yield part
                    continue
                file.seek(part[0])
                left = part[1] - part[0]
                while left > 0 and (piece := file.read(min(piece_bytes, left))):
                    left -= len(piece)
                    yield piece


def file_response(request: HttpRequest, portrait: Portrait, which: str) -> HttpResponseBase:
    """thumb, view or original. Raises Http404 while it is not made yet."""
    if which == "original":
        clean = clean_original(portrait)
        etag = f"{clean.blob.sha256}-{CLEAN}"
        return parts_response(
            request,
            clean.blob,
            clean.parts,
            etag=etag,
            name=clean.name,
            content_type=clean.content_type,
            attachment=True,
            cache=IMMUTABLE,
        )
    blob = portrait.thumb if which == "thumb" else portrait.view
    if blob is None:
        raise Http404
    kind, ending = (THUMB_TYPE, ".webp") if which == "thumb" else (VIEW_TYPE, ".jpg")
    name = PurePath(portrait.name).stem[:200] + ending
    return blob_response(request, blob, name=name, content_type=kind, cache=IMMUTABLE)


def clean_original(portrait: Portrait) -> CleanFile:
    """The original without its metadata: cut out where the format allows it, else written anew as PNG.

    Raises Refused for one that is too damaged for either.
    """
    blob = portrait.original
    kind, endings = TYPES.get(portrait.format, ("image/png", (".png",)))
    with local_path(blob) as path:
        try:
            orientation, hidden = _facts(path, portrait.format)
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                parts = strip.clean_parts(data, format=portrait.format, orientation=orientation, hidden=hidden)
        except strip.CannotStrip:
            parts, kind, endings = [_as_png(path, portrait)], "image/png", (".png",)
    return CleanFile(blob, parts, _named(portrait.name, endings), kind)


def _facts(path: Path, format: str) -> tuple[int, tuple[bytes, ...]]:
    """How it is turned, and the blocks that HEIF and AVIF hold. Of a file that cannot be opened: nothing."""
    try:
        with pictures.opened(path) as image:
            if format not in ("HEIF", "AVIF"):
                return metadata.orientation_of(image), ()
            exif, xmp = bytes(image.info.get("exif") or b""), image.info.get("xmp") or b""
            others = [entry.get("data", b"") for entry in image.info.get("metadata", [])]
    except pictures.PictureRefused as refusal:
        if format in ("HEIF", "AVIF"):
            raise strip.CannotStrip(str(refusal)) from refusal
        return 1, ()
    start = min((at for at in (exif.find(b"II*\x00"), exif.find(b"MM\x00*")) if at >= 0), default=0)
    xmp = xmp.encode() if isinstance(xmp, str) else bytes(xmp)
    return 1, (exif[start:], xmp, *(bytes(block) for block in others if block))


def _as_png(path: Path, portrait: Portrait) -> bytes:
    """All its pixels, upright, at 8 bits, or 16 where it is grey."""
    buffer = io.BytesIO()
    try:
        with pictures.opened(path) as image:
            if image.width * image.height > MOST_ANEW_PIXELS:
                raise Refused(TOO_LARGE.format(name=portrait.name), status=409)
            image.load()
            seen = pictures.upright(image)
            plain = seen if seen.mode in ("L", "RGB", "RGBA", "I;16") else pictures.to_rgb(seen)
            clean = Image.frombytes(plain.mode, plain.size, plain.tobytes())
            clean.save(buffer, "PNG", compress_level=1, icc_profile=_profile(image, plain))
    except Refused:
        raise
    except Exception as error:  # decoders meet damaged files in many ways
        raise Refused(CANNOT.format(name=portrait.name), status=409) from error
    return buffer.getvalue()


def _profile(image: Image.Image, plain: Image.Image) -> bytes | None:
    return image.info.get("icc_profile") if image.mode == plain.mode else None


def _named(name: str, endings: tuple[str, ...]) -> str:
    """The person's own name for it, with an ending that tells the truth."""
    return name if name.lower().endswith(endings) else f"{PurePath(name).stem[:200] or 'portrait'}{endings[0]}"
