"""Uploads of render services: kept as they are until the service commits or finishes what they belong to."""

from studio.blobs.models import Blob, Upload


def keep(upload: Upload, blob: Blob) -> str:
    """There is nothing to show yet."""
    return ""
