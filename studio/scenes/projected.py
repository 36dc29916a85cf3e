"""The projection of a scene: whether it can be drawn with, and with which network it was made."""

from collections.abc import Iterable
from uuid import UUID

from studio.errors import Refused
from studio.networks.models import Snapshot
from studio.projections.models import Projection
from studio.scenes.models import Scene

FIELD = "projection_id"
NONE = "There is no such projection in this project. Choose another."
BINNED = "“{name}” lies in the bin. Bring it back first."
UNFINISHED = "“{name}” is not finished: {done} of {all} frames are found. Go on with it first."
NO_FILE = "“{name}” has no file yet. Wait until its frames are found."
OTHER_NETWORK = (
    "“{name}” was made with {theirs}, and this scene draws with {ours}. "
    "Choose the network that it was made with, or use it even so."
)
FORCED = "“{name}” was made with {theirs}, not with {ours}: its faces will be others."


def chosen(project_id: UUID, projection_id: UUID | str, *, there: str | None) -> Projection:
    """The one that a scene is to have. One that is `there` already may lie in the bin. Raises Refused."""
    found = Projection.objects.filter(pk=projection_id, project_id=project_id).first()
    if found is None:
        raise Refused(NONE, field=FIELD)
    if found.binned_at is not None and str(found.pk) != there:
        raise Refused(BINNED.format(name=found.name), field=FIELD)
    if sentence := lacks(found):
        raise Refused(sentence, field=FIELD)
    return found


def lacks(row: Projection) -> str:
    """Why nothing can be drawn with it yet, or nothing."""
    if row.file_id is None:
        return NO_FILE.format(name=row.name)
    if not row.is_complete:
        return UNFINISHED.format(name=row.name, done=f"{row.frames_done:,}", all=f"{row.frames_total:,}")
    return ""


def is_of(row: Projection, snapshots: Iterable[Snapshot]) -> bool:
    """Whether one of these is the network that it was made with, by row, by weights or by the brought file's MD5."""
    return any(
        one.pk == row.snapshot_id
        or (row.weights and one.blob_id == row.weights)
        or (row.network_md5 and one.original_md5 == row.network_md5)
        for one in snapshots
    )


def mismatch(row: Projection, snapshots: list[Snapshot], words: str = OTHER_NETWORK) -> str:
    """A sentence where it is of another network, or nothing."""
    if is_of(row, snapshots):
        return ""
    theirs = row.network_name or row.about.get("snapshot_name") or "another network"
    ours = " and ".join(f"“{one.name}”" for one in snapshots[:2]) or "no network yet"
    mark = f" (MD5 {row.network_md5[:4]}…{row.network_md5[-4:]})" if row.network_md5 else ""
    return words.format(name=row.name, theirs=f"“{theirs}”{mark}", ours=ours)


def warnings_of(scene: Scene, snapshots: list[Snapshot]) -> list[dict[str, str]]:
    """What is wrong with the scene's projection now, or worth knowing of it."""
    row = scene.projection
    if row is None:
        return []
    sentence = lacks(row) or mismatch(row, snapshots, FORCED if scene.is_projection_forced else OTHER_NETWORK)
    return [{"field": FIELD, "sentence": sentence}] if sentence else []
