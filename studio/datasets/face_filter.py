"""GANce's rule for choosing training pictures: all with a face, their neighbours in time, then others by chance.

A sitter who moves is lost by the detector now and then; the pictures just before and after one with a face show that
person too. Nothing is deleted or decided by choosing.
"""

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import QuerySet

from studio.datasets.crops import BROKEN, NOT_SCORED
from studio.datasets.models import Portrait
from studio.datasets.versions import told


@dataclass(frozen=True)
class Candidate:
    """A portrait as the rule sees it. `skipped` is the reason why it is out of the question."""

    id: int
    session: str
    has_face: bool
    skipped: str = ""


@dataclass(frozen=True)
class Choice:
    """Ids by the step of the rule that chose them."""

    with_faces: list[int]
    neighbours: list[int]
    random: list[int]
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def ids(self) -> list[int]:
        return [*self.with_faces, *self.neighbours, *self.random]


def choose(candidates: Sequence[Candidate], *, target: int, neighbours: int = 2, seed: int) -> Choice:
    """Choose at most `target` of these, given in the order of capture. The same seed gives the same choice.

    A group that does not fit whole is thinned by chance. Neighbours are counted among readable pictures of one sitting.
    """
    chance = random.Random(seed)
    usable = [one for one in candidates if not one.skipped]
    near: set[int] = set()
    for place, one in enumerate(usable):
        if one.has_face:
            around = usable[max(0, place - neighbours) : place + neighbours + 1]
            near.update(other.id for other in around if other.session == one.session)
    faces = [one.id for one in usable if one.has_face]
    beside = [one.id for one in usable if not one.has_face and one.id in near]
    others = [one.id for one in usable if not one.has_face and one.id not in near]
    chosen: list[list[int]] = []
    for group in (faces, beside, others):
        room = target - sum(map(len, chosen))
        chosen.append(group if len(group) <= room else _thinned(group, room, chance))
    skipped = Counter(one.skipped for one in candidates if one.skipped)
    return Choice(with_faces=chosen[0], neighbours=chosen[1], random=chosen[2], skipped=skipped)


def _thinned(group: list[int], count: int, chance: random.Random) -> list[int]:
    """That many of the group, in its order."""
    return [group[place] for place in sorted(chance.sample(range(len(group)), count))]


def candidates_of(portraits: "QuerySet[Portrait]") -> list[Candidate]:
    """Portraits in the order of capture, by the studio's clock and the device's own count."""
    columns = ("pk", "session_id", "faces", "state")
    rows = portraits.order_by("taken_at", "sequence", "pk").values_list(*columns)
    return [
        Candidate(
            id=pk,
            session=str(session),
            has_face=bool(faces),
            skipped=BROKEN if state == Portrait.State.BROKEN else NOT_SCORED if faces is None else "",
        )
        for pk, session, faces, state in rows.iterator()
    ]


def with_ids(ids: Sequence[int]) -> "QuerySet[Portrait]":
    """Those portraits, however many: one parameter holds all ids."""
    if connection.vendor == "postgresql":
        return Portrait.objects.extra(where=["datasets_portrait.id = ANY(%s::bigint[])"], params=[list(ids)])
    listed = json.dumps(list(ids))
    return Portrait.objects.extra(where=["datasets_portrait.id IN (SELECT value FROM json_each(%s))"], params=[listed])


def as_told(choice: Choice) -> dict[str, object]:
    """As the API tells it."""
    return {
        "with_faces": len(choice.with_faces),
        "neighbours": len(choice.neighbours),
        "random": len(choice.random),
        "skipped": told(choice.skipped),
        "ids_count": len(choice.ids),
    }
