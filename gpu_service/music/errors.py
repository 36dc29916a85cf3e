"""The one error of this package: a sentence for the person who chose the file."""


class MusicError(Exception):
    """Shown to the user as it stands: what happened, to what, and what to do."""
