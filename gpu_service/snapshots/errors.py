"""What a person reads when a file of weights is refused."""

MEGABYTE = 1_000_000


class SnapshotError(Exception):
    """Shown to the user as it stands; `here` instead of it where the file lies on the person's own machine."""

    def __init__(self, message: str, *, here: str | None = None) -> None:
        super().__init__(message)
        self.here = here or message


def asks_to_run(file_name: str, wish: str) -> SnapshotError:
    """The file names a function or class that no network needs; `wish` is that name."""
    return SnapshotError(
        f"“{file_name}” asks to run a program while it is read, so it was refused. "
        f"Nothing was run or kept. It asked for {printable(wish)}."
    )


def cut_short(file_name: str, size: int, *, expected: int | None = None) -> SnapshotError:
    """The file stops before its contents do."""
    reach = (
        f"{megabytes(size)} of {megabytes(expected)}" if expected and expected > size else f"after {megabytes(size)}"
    )
    return SnapshotError(
        f"“{file_name}” itself ends early, {reach} MB: it was cut before it came here. Choose a whole copy of it.",
        here=f"“{file_name}” ends early, {reach} MB. Copy it again.",
    )


def damaged(file_name: str, detail: str) -> SnapshotError:
    """The bytes follow no known form."""
    return SnapshotError(f"“{file_name}” is damaged or no snapshot: {detail}. Choose another file.")


def megabytes(size: int) -> str:
    """Whole megabytes, or tenths below ten."""
    return f"{size / MEGABYTE:.1f}" if size < 10 * MEGABYTE else f"{size / MEGABYTE:.0f}"


def printable(text: str, *, longest: int = 80) -> str:
    """A name out of a hostile file, short and without control signs, so that it can be shown and logged."""
    shown = "".join(sign if sign.isprintable() else "·" for sign in text)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
