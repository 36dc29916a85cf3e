"""Send a blob: Range, If-Range, 416 and HEAD, in pieces that wait for the reader."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import IO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from studio.blobs.models import Blob
from studio.blobs.store import open_blob

PIECE = 256 * 1024
RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")


def blob_response(
    request: HttpRequest, blob: Blob, *, name: str, content_type: str, attachment: bool = False
) -> HttpResponseBase:
    """The blob as a response. The caller has decided that this person may have it, and what it is called."""
    etag = f'"{blob.sha256}"'
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        # Whatever the file is, a browser that opens it runs nothing of it.
        "Content-Security-Policy": "sandbox; default-src 'none'; media-src 'self'; img-src 'self'",
        "Content-Disposition": content_disposition_header(attachment, name) or "inline",
    }
    if request.headers.get("If-None-Match") == etag and "Range" not in request.headers:
        return HttpResponse(status=304, headers=headers)
    span = _span(request, blob, etag)
    if span is None:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{blob.size}"})
    start, end = span
    status = 200 if (start, end) == (0, blob.size) and not _wants_range(request, etag) else 206
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{blob.size}"
    headers["Content-Length"] = str(end - start)
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers, content_type=content_type)
    pieces = _pieces(blob, start, end)
    return StreamingHttpResponse(pieces, status=status, headers=headers, content_type=content_type)


def _wants_range(request: HttpRequest, etag: str) -> bool:
    """If-Range: a part only when it is a part of the same file."""
    return "Range" in request.headers and request.headers.get("If-Range", etag) == etag


def _span(request: HttpRequest, blob: Blob, etag: str) -> tuple[int, int] | None:
    """First byte and one past the last; None when it cannot be met. A range nobody understands means all of it."""
    match = RANGE.match(request.headers.get("Range", "").strip()) if _wants_range(request, etag) else None
    if match is None or match.groups() == ("", ""):
        return 0, blob.size
    first, last = match.groups()
    if not first:  # the last n bytes
        return (max(blob.size - int(last), 0), blob.size) if int(last) and blob.size else None
    start, end = int(first), min(int(last) + 1 if last else blob.size, blob.size)
    return (start, end) if start < end else None


async def _pieces(blob: Blob, start: int, end: int) -> AsyncIterator[bytes]:
    """Read in threads, one piece at a time: the next is read when the server has taken the last."""
    file: IO[bytes] = await asyncio.to_thread(open_blob, blob)
    try:
        await asyncio.to_thread(file.seek, start)
        left = end - start
        while left > 0:
            piece = await asyncio.to_thread(file.read, min(PIECE, left))
            if not piece:
                raise OSError(f"Blob {blob} ended {left} bytes early; run manage.py verify_store.")
            left -= len(piece)
            yield piece
    finally:
        file.close()
