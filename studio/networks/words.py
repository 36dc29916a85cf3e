"""Names and tags as people give them."""

from studio.errors import Refused

LONGEST_NAME = 255


def clean_name(name: str, *, of: str) -> str:
    """One line. Raises Refused when nothing is left, or too much."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Refused(f"Give the {of} a name of 1 to {LONGEST_NAME} characters.", field="name")
    return name


def clean_tags(tags: list[str]) -> list[str]:
    """Each once, whatever its capitals, in the order given."""
    once: dict[str, str] = {}
    for tag in (" ".join(tag.split()) for tag in tags):
        if tag:
            once.setdefault(tag.casefold(), tag)
    return list(once.values())
