"""Uploads over tus 1.0."""

from ninja import Router

router = Router(tags=["uploads"])
