"""Send a blob: Range, If-Range, 416 and HEAD, in pieces that wait for the reader."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from typing import IO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from studio.blobs.models import Blob
from studio.blobs.store import open_blob

PIECE = 256 * 1024
CHECK_AGAIN = "private, no-cache"
# For an address whose file never changes.
IMMUTABLE = "private, max-age=31536000, immutable"
# A stretch of a blob, from its first byte to one past its last; or bytes that stand in for another.
Part = tuple[int, int] | bytes
RANGE = re.compile(r"^bytes=(?=.*[0-9])([0-9]{0,18})-([0-9]{0,18})$")


def blob_response(
    request: HttpRequest,
    blob: Blob,
    *,
    name: str,
    content_type: str,
    attachment: bool = False,
    cache: str = CHECK_AGAIN,
) -> HttpResponseBase:
    """The blob as a response. The caller has decided that this person may have it, and what it is called."""
    parts: list[Part] = [(0, blob.size)]
    return parts_response(
        request,
        blob,
        parts,
        etag=blob.sha256,
        name=name,
        content_type=content_type,
        attachment=attachment,
        cache=cache,
    )


def parts_response(
    request: HttpRequest,
    blob: Blob,
    parts: Sequence[Part],
    *,
    etag: str,
    name: str,
    content_type: str,
    attachment: bool = False,
    cache: str = CHECK_AGAIN,
) -> HttpResponseBase:
    """The same of a file put together from stretches of a blob, (start, end), and from bytes of our own."""
    etag, size = f'"{etag}"', sum(length_of(part) for part in parts)
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": cache,
        "X-Content-Type-Options": "nosniff",
        # Whatever the file is, a browser that opens it runs nothing of it.
        "Content-Security-Policy": "sandbox; default-src 'none'; media-src 'self'; img-src 'self'",
        "Content-Disposition": content_disposition_header(attachment, name) or "inline",
    }
    if request.headers.get("If-None-Match") == etag and "Range" not in request.headers:
        return HttpResponse(status=304, headers=headers)
    match = RANGE.match(_wanted_range(request, etag))
    span = _span(match, size) if match else (0, size)
    if span is None:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    start, end = span
    status = 206 if match else 200
    if match:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    headers["Content-Length"] = str(end - start)
    if request.method == "HEAD" or getattr(request, "is_head", False):
        return HttpResponse(status=status, headers=headers, content_type=content_type)
    pieces = _pieces(blob, cut(parts, start, end))
    return StreamingHttpResponse(pieces, status=status, headers=headers, content_type=content_type)


def length_of(part: Part) -> int:
    return len(part) if isinstance(part, bytes) else part[1] - part[0]


def cut(parts: Sequence[Part], start: int, end: int) -> list[Part]:
    """What lies between these two places of the file that the parts make."""
    found: list[Part] = []
    at = 0
    for part in parts:
        low, high = max(start - at, 0), min(end - at, length_of(part))
        at += length_of(part)
        if low < high:
            found.append(part[low:high] if isinstance(part, bytes) else (part[0] + low, part[0] + high))
    return found


def _wanted_range(request: HttpRequest, etag: str) -> str:
    """The Range, unless If-Range says that it is a part of another file. What nobody understands means all of it."""
    is_same = request.headers.get("If-Range", etag) == etag
    return request.headers.get("Range", "").strip() if is_same else ""


def _span(match: re.Match[str], size: int) -> tuple[int, int] | None:
    """First byte and one past the last; None when there is no such part."""
    first, last = match.groups()
    if not first:  # the last n bytes
        return (max(size - int(last), 0), size) if int(last) and size else None
    start, end = int(first), min(int(last) + 1 if last else size, size)
    return (start, end) if start < end else None


async def _pieces(blob: Blob, parts: Sequence[Part]) -> AsyncIterator[bytes]:
    """Read in threads, one piece at a time: the next is read when the server has taken the last."""
    file: IO[bytes] = await asyncio.to_thread(open_blob, blob)
    try:
        for part in parts:
            if isinstance(part, bytes):
                yield part
                continue
            await asyncio.to_thread(file.seek, part[0])
            left = part[1] - part[0]
            while left > 0:
                piece = await asyncio.to_thread(file.read, min(PIECE, left))
                if not piece:
                    raise OSError(f"Blob {blob} ended {left} bytes early; run manage.py verify_store.")
                left -= len(piece)
                yield piece
    finally:
        file.close()
