"""After a power cut: read the spool's folders, mend what was torn, and bring the index up to date.

A picture counts when it is whole. Its folder is its state; its side-car follows it. Torn files are set aside in
`torn/`, never sent, never counted.
"""

import contextlib
import hashlib
import json
import logging
import os
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from capture_agent import durable
from capture_agent.file_names import parse_stem
from capture_agent.shots import BLOCKED, DONE, SENDING, STATES, WAITING, Session, Shot, side_car_bytes
from capture_agent.spool_index import SpoolIndex

logger = logging.getLogger(__name__)
TORN, SESSIONS = "torn", "sessions"
SIDE_CAR = ".json"
# Where the same picture lies twice, what is further on its way is kept.
PRECEDENCE = (DONE, BLOCKED, SENDING, WAITING)
SESSION_FOLDER = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


@dataclass
class Found:
    """What lies in the folders under one stem, by state: the picture's suffix and size, the side-car's size."""

    pictures: dict[str, tuple[str, int]] = field(default_factory=dict)
    side_cars: dict[str, int] = field(default_factory=dict)


def recover(folder: Path, index: SpoolIndex) -> int:
    """Make index and folders agree, under the spool's lock. -> how many torn files were set aside"""
    found = _look(folder)
    _recover_sessions(folder, index)
    known, torn, fresh = index.places(), 0, []
    for (session, stem), here in sorted(found.items()):
        place = known.pop((session, stem), None)
        if _is_as_indexed(here, place):
            continue
        shot = _mend(folder, index, UUID(session), stem, here)
        torn += shot is None and bool(here.pictures)
        if shot is not None:
            fresh.append(shot)
        elif place is not None:
            index.forget(UUID(session), stem)
    for session, stem in known:
        index.forget(UUID(session), stem)
    whole = _with_whole_ends(folder, fresh)
    index.put_shots(_numbered(folder, whole, index))
    _recover_missing_sessions(folder, index)
    return torn + len(fresh) - len(whole)


def _look(folder: Path) -> dict[tuple[str, str], Found]:
    """Every picture and side-car, by session and stem. Temporary files of dead writers go."""
    found: dict[tuple[str, str], Found] = defaultdict(Found)
    for state in STATES:
        for session in _session_folders(folder / state):
            durable.remove_dead_temporaries(session)
            for entry in os.scandir(session):
                stem, suffix = os.path.splitext(entry.name)
                if not entry.is_file(follow_symlinks=False) or entry.name.startswith("."):
                    continue
                here, size = found[(session.name, stem)], entry.stat().st_size
                if suffix == SIDE_CAR:
                    here.side_cars[state] = size
                else:
                    here.pictures[state] = (suffix, size)
    return found


def _session_folders(folder: Path) -> list[Path]:
    return [one for one in folder.iterdir() if SESSION_FOLDER.match(one.name) and one.is_dir()]


def _is_as_indexed(here: Found, place: tuple[str, int, int] | None) -> bool:
    """One picture with its side-car beside it, where and as long as the index says."""
    if place is None or len(here.pictures) != 1 or set(here.side_cars) != set(here.pictures):
        return False
    state, (_, size) = next(iter(here.pictures.items()))
    return place == (state, size, here.side_cars[state])


def _mend(folder: Path, index: SpoolIndex, session_id: UUID, stem: str, here: Found) -> Shot | None:
    """The whole shot of this stem, its pair united in one folder; None when there is none."""
    session = str(session_id)
    cars = {state: _read_side_car(folder / state / session / f"{stem}{SIDE_CAR}", state) for state in here.side_cars}
    state = next((one for one in PRECEDENCE if one in here.pictures), None)
    said = next((car for one in PRECEDENCE if (car := cars.get(one)) is not None), None)
    for other in set(here.pictures) - {state}:
        _set_aside(folder, other, session, stem + here.pictures[other][0])
    shot = None
    if state is not None:
        suffix, size = here.pictures[state]
        picture = folder / state / session / (stem + suffix)
        shot = said or index.shot(session_id, stem) or _guess(folder, picture, session_id)
        if shot is None or shot.size_bytes != size or shot.session_id != session_id:
            _set_aside(folder, state, session, picture.name)
            shot = None
        else:
            shot = shot.now(state=state, suffix=suffix)
            if cars.get(state) != shot:
                durable.write_file(picture.with_suffix(SIDE_CAR), side_car_bytes(shot))
    for other in set(here.side_cars) - ({state} if shot else set()):
        (folder / other / session / f"{stem}{SIDE_CAR}").unlink(missing_ok=True)
    return shot


def _read_side_car(path: Path, state: str) -> Shot | None:
    try:
        return Shot.from_json(json.loads(path.read_bytes()), stem=path.stem, state=state)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _guess(folder: Path, picture: Path, session_id: UUID) -> Shot | None:
    """A shot whose side-car is lost: whole if its JPEG ends as one does; set and time are read from its name."""
    data = picture.read_bytes()
    if not (data.startswith(b"\xff\xd8") and data.endswith(b"\xff\xd9")):
        return None
    session = _read_session(folder / SESSIONS / f"{session_id}{SIDE_CAR}")
    parsed = parse_stem(picture.stem)
    named, taken_at = parsed if parsed else ("faces", datetime.fromtimestamp(picture.stat().st_mtime, UTC))
    return Shot(
        session_id=session_id,
        dataset_name=session.dataset_name if session else named,
        sequence=0,
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        taken_at=taken_at.astimezone(),
        stem=picture.stem,
        suffix=picture.suffix,
    )


def _with_whole_ends(folder: Path, shots: list[Shot]) -> list[Shot]:
    """All but those newest shots of a session whose content is not what its side-car says.

    Only the last one can have been cut by the power; whatever else rots on a card is noticed before it is sent.
    """
    last: dict[UUID, Shot] = {}
    for shot in shots:
        if shot.state != DONE and shot.sequence >= last.get(shot.session_id, shot).sequence:
            last[shot.session_id] = shot
    whole = []
    for shot in shots:
        path = folder / shot.state / str(shot.session_id) / shot.name
        if last.get(shot.session_id) is shot and hash_of(path) != shot.sha256:
            _set_aside(folder, shot.state, str(shot.session_id), shot.name)
            path.with_suffix(SIDE_CAR).unlink(missing_ok=True)
        else:
            whole.append(shot)
    return whole


def _numbered(folder: Path, shots: list[Shot], index: SpoolIndex) -> list[Shot]:
    """Shots whose number was lost with the side-car go behind the others of their session, in order of time."""
    lost = sorted((shot for shot in shots if shot.sequence == 0), key=lambda shot: shot.taken_at)
    highest: dict[UUID, int] = defaultdict(int)
    for shot in [*shots, *index.shots(*STATES)] if lost else []:
        highest[shot.session_id] = max(highest[shot.session_id], shot.sequence)
    numbered = [shot for shot in shots if shot.sequence]
    for shot in lost:
        highest[shot.session_id] += 1
        numbered.append(shot.now(sequence=highest[shot.session_id]))
        side_car = folder / shot.state / str(shot.session_id) / f"{shot.stem}{SIDE_CAR}"
        durable.write_file(side_car, side_car_bytes(numbered[-1]))
    return numbered


def _recover_sessions(folder: Path, index: SpoolIndex) -> None:
    durable.remove_dead_temporaries(folder / SESSIONS)
    for path in (folder / SESSIONS).glob(f"*{SIDE_CAR}"):
        session = _read_session(path)
        if session is not None and index.session(session.session_id) != session:
            index.put_session(session)


def _recover_missing_sessions(folder: Path, index: SpoolIndex) -> None:
    """A session whose own file is lost is told from its first shot, or from the index."""
    known = {session.session_id: session for session in index.sessions()}
    for shot in index.shots(*STATES):
        if shot.session_id not in known:
            session = Session(shot.session_id, shot.dataset_name, started_at=shot.taken_at)
            known[shot.session_id] = session
            index.put_session(session)
    for session in known.values():
        path = folder / SESSIONS / f"{session.session_id}{SIDE_CAR}"
        if _read_session(path) is None:
            durable.write_file(path, side_car_bytes(session))


def _read_session(path: Path) -> Session | None:
    try:
        return Session.from_json(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _set_aside(folder: Path, state: str, session: str, name: str) -> None:
    """Out of the queue, but not thrown away: somebody may still rescue half a picture."""
    target = folder / TORN / session
    target.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        os.replace(folder / state / session / name, target / name)
        logger.warning("%s was torn by a power cut and is set aside in %s.", name, target)


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
