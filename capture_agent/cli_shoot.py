"""The command `shoot`: where the photographs go, which camera takes them, and how it ended."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from capture_agent.cameras import open_camera
from capture_agent.errors import CaptureError
from capture_agent.faces import face_finder
from capture_agent.protocol import CaptureSettings, Start
from capture_agent.settings import Settings, read_settings
from capture_agent.shelf import FolderShelf, Shelf
from capture_agent.shoot import Left, Outcome, Shooting
from capture_agent.spool import Spool
from capture_agent.terminal import Keys, Screen
from capture_agent.uploads import SpoolUploads

DEFAULT_LOCATION = Path("datasets")
INTERRUPTED = 130
LONGEST_WAIT_SECONDS = 600.0


def shoot_call(
    wished: CaptureSettings, order: Start, *, camera: str, location: Path | None, preview: Path | None
) -> int:
    """One sitting. -> the exit code: 0 also when a person stopped it; 1 when it ended early by itself"""
    settings = read_settings()
    console = Console(highlight=False)
    with contextlib.ExitStack() as held:
        shelf, uploads = held.enter_context(_shelf(settings, location))
        _say_where(console, shelf, wished, order)
        opened = open_camera(camera or settings.camera)
        held.callback(opened.close)
        if preview is not None:
            held.callback(preview.unlink, missing_ok=True)
        keys, screen = held.enter_context(Keys()), held.enter_context(Screen(console))
        shooting = Shooting(
            opened,
            shelf,
            settings=wished,
            order=order,
            finder=face_finder(),
            keys=keys,
            screen=screen,
            preview_file=preview,
        )
        held.callback(shooting.sitting.end)
        try:
            outcome = shooting.run()
        except Left:
            screen.say("Left before the burst: nothing was kept.")
            return 0
        except KeyboardInterrupt:
            shooting.sitting.end()
            screen.say(f"Interrupted. {shooting.taken} photographs are kept.")
            return INTERRUPTED
        _say_outcome(screen, outcome)
        if uploads is not None and isinstance(shelf, Spool):
            _wait_for_uploads(shelf, uploads, keys, screen)
    return 1 if outcome.sentence and not outcome.is_stopped else 0


@contextlib.contextmanager
def _shelf(settings: Settings, location: Path | None) -> Iterator[tuple[Shelf, SpoolUploads | None]]:
    """The spool, with its uploads beside, or a folder."""
    if location is not None or not settings.is_paired:
        yield FolderShelf(location or DEFAULT_LOCATION, floor_bytes=settings.floor_bytes), None
        return
    with opened_spool(settings) as spool:
        uploads = SpoolUploads(settings, spool)
        uploads.start()
        try:
            yield spool, uploads
        finally:
            uploads.stop()


def opened_spool(settings: Settings) -> Spool:
    try:
        return Spool(settings.spool_dir, floor_bytes=settings.floor_bytes, retention_seconds=settings.retention_seconds)
    except OSError as error:
        raise CaptureError(f"The spool {settings.spool_dir} could not be opened: {error.strerror}.") from error


def _say_where(console: Console, shelf: Shelf, wished: CaptureSettings, order: Start) -> None:
    if isinstance(shelf, Spool):
        console.print(f"“{wished.dataset_name}” goes to the studio when there is a network.", markup=False)
        return
    assert isinstance(shelf, FolderShelf)
    folder, there = shelf.folder_of(wished.dataset_name), sum(1 for _ in shelf.pictures_of(wished.dataset_name))
    if there and not order.append:
        raise CaptureError(f"{folder} holds {there} photographs already. Use --append, or another --dataset-name.")
    adds = f" It holds {there} already: these are added." if there else ""
    console.print(f"Photographs go to {folder}.{adds}", markup=False, soft_wrap=True)


def _wait_for_uploads(spool: Spool, uploads: SpoolUploads, keys: Keys, screen: Screen) -> None:
    """Stay while photographs go to the studio; they are safe here all the same."""
    end = time.monotonic() + LONGEST_WAIT_SECONDS
    while (counts := spool.counts()).waiting + counts.sending:
        left = counts.waiting + counts.sending
        sentence = next((each.sentence for each in uploads.warnings() if each.kind == "network"), "")
        screen.show(f"{left} photographs are on their way to the studio.", sentence, "q: leave; they are sent later")
        is_hopeless = bool(sentence) and not keys.is_terminal
        if keys.next(0.2) == "q" or time.monotonic() > end or is_hopeless:
            screen.say(f"{left} photographs wait on this device. `phosphene-capture run` brings them to the studio.")
            return
    blocked = f" {counts.blocked} are not taken: see `phosphene-capture status`." if counts.blocked else ""
    screen.say(f"All that waited is in the studio.{blocked}")


def _say_outcome(screen: Screen, outcome: Outcome) -> None:
    rate = outcome.taken / outcome.seconds if outcome.seconds else 0.0
    how = "Stopped. " if outcome.is_stopped else ""
    screen.say(f"{how}{outcome.taken} photographs in {outcome.seconds:.1f} s ({rate:.1f} per second).")
    if outcome.sentence:
        screen.say(outcome.sentence)
