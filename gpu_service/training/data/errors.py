"""What can be wrong with training pictures, in sentences."""

import unicodedata

from gpu_service.errors import RenderError

LONGEST_NAME = 80


class DataError(RenderError):
    """These pictures cannot be trained on. Shown as it stands."""

    def __init__(self, message: str, *, retry: bool = False, field: str | None = None) -> None:
        super().__init__(message, retry=retry, kind="bad_input", field=field)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (str(self), self.retry, self.field)


class BadPicture(Exception):
    """One picture cannot be used; others can. The message goes on after its name: “is no picture”."""


def shown(name: str) -> str:
    """A file's name as it may stand in a sentence: no control signs, not endless."""
    plain = "".join("?" if unicodedata.category(sign)[0] == "C" else sign for sign in name)
    return plain if len(plain) <= LONGEST_NAME else f"{plain[: LONGEST_NAME // 2]}…{plain[1 - LONGEST_NAME // 2 :]}"


def _rebuild(message: str, retry: bool, field: str | None) -> DataError:
    return DataError(message, retry=retry, field=field)
