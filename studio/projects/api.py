"""Projects, their members and the links that invite them."""

from ninja import Router

router = Router(tags=["projects"])
