"""Styles of hair as numbers: how far it stands off, where it begins, how long it hangs, how it curls."""

from dataclasses import dataclass, replace

from gpu_service.portraits.dice import Dice
from gpu_service.portraits.person import Person


@dataclass(frozen=True)
class Hair:
    """Lengths in halves of a head. `end` is the height at which it ends; `fringe` the height to which it falls."""

    kind: str
    top: float
    side: float
    back: float
    front: float  # more volume above the forehead
    line: float  # height of the hairline
    recess: float  # how far it draws back at the temples
    fringe: float  # 0 none .. 1 down to the brows
    sweep: float  # the fringe leans to one side
    end: float
    curtain: float  # angle from which hair hangs at the sides of the face; over 2 where it does not
    flare: float
    curl: float  # 0 straight .. 1 tight
    clump: float
    part: float
    bun: float = 0.0
    parting_front: float = -0.1  # how far the parting reaches to the forehead


STYLES = {
    "shaved": Hair("shaved", 0, 0, 0, 0, 0.60, 0.5, 0, 0, -0.5, 9, 0, 0, 0, 0),
    "buzz": Hair("buzz", 0.045, 0.028, 0.04, 0.0, 0.60, 0.4, 0, 0, -0.5, 9, 0, 0.2, 0.004, 0),
    "crop": Hair("crop", 0.13, 0.05, 0.07, 0.05, 0.55, 0.4, 0.12, 0.5, -0.5, 9, 0, 0.15, 0.022, 0.1),
    "quiff": Hair("quiff", 0.20, 0.05, 0.07, 0.16, 0.60, 0.4, 0, 0, -0.5, 9, 0, 0.1, 0.02, 0.16),
    "parted": Hair(
        "parted", 0.13, 0.075, 0.1, 0.07, 0.57, 0.5, 0.0, 0.9, -0.5, 9, 0, 0.05, 0.016, 0.26, parting_front=0.55
    ),
    "curly": Hair("curly", 0.20, 0.12, 0.15, 0.06, 0.56, 0.3, 0.15, 0.2, -0.5, 9, 0, 0.85, 0.05, 0),
    "afro": Hair("afro", 0.30, 0.28, 0.30, 0.08, 0.57, 0.15, 0, 0, -0.72, 9, 0, 1.0, 0.02, 0),
    "pixie": Hair(
        "pixie", 0.12, 0.085, 0.12, 0.05, 0.52, 0.1, 0.75, 0.7, -0.5, 9, 0, 0.1, 0.025, 0.2, parting_front=0.55
    ),
    "bob": Hair(
        "bob", 0.14, 0.15, 0.18, 0.05, 0.56, 0.1, 0.3, 0.6, -0.9, 0.98, 0.10, 0.08, 0.022, 0.2, parting_front=0.55
    ),
    "long": Hair(
        "long", 0.12, 0.15, 0.18, 0.04, 0.58, 0.1, 0.06, 0.5, -2.2, 0.96, 0.08, 0.06, 0.025, 0.14, parting_front=0.55
    ),
    "wavy": Hair(
        "wavy", 0.17, 0.22, 0.22, 0.07, 0.57, 0.1, 0.1, 0.6, -1.9, 0.98, 0.14, 0.55, 0.05, 0.2, parting_front=0.55
    ),
    "tied": Hair("tied", 0.055, 0.035, 0.06, 0.01, 0.58, 0.15, 0, 0, -0.5, 9, 0, 0.04, 0.008, 0.05, bun=0.24),
}
# How often each is worn: by masculine and by feminine people.
WORN = {
    "shaved": (1.1, 0.12), "buzz": (1.5, 0.3), "crop": (2.4, 0.3), "quiff": (1.7, 0.2), "parted": (2.0, 0.3),
    "curly": (1.1, 0.9), "afro": (0.5, 0.7), "pixie": (0.2, 1.2), "bob": (0.1, 2.3), "long": (0.35, 2.6),
    "wavy": (0.25, 2.2), "tied": (0.25, 1.5),
}  # fmt: skip


def hair_of(person: Person) -> Hair:
    dice, face = person.dice("hair"), person.face
    share = (face.masculine + 1) / 2
    style = STYLES[dice.pick([(mine * share + hers * (1 - share), name) for name, (mine, hers) in WORN.items()])]
    return _own(style, dice, person)


def _own(style: Hair, dice: Dice, person: Person) -> Hair:
    """The style as one person wears it."""
    size = dice.around(1.0, 0.14)
    older = max(0.0, person.face.age - 0.45) * max(0.0, person.face.masculine)
    side = dice.pick([(0.5, -1.0), (0.5, 1.0)])
    return replace(
        style,
        top=style.top * size,
        side=style.side * dice.around(size, 0.08),
        back=style.back * size,
        front=style.front * dice.around(1, 0.3),
        line=style.line + dice.around(0, 0.03) + 0.16 * older,
        recess=style.recess * dice.around(1, 0.3) + 1.1 * older + 0.45 * max(0.0, person.face.masculine),
        fringe=_fringe(style, dice),
        sweep=side * style.sweep * dice.around(1, 0.3),
        end=style.end + (dice.around(0.1, 0.3) if style.curtain < 3 else 0.0),
        curtain=style.curtain + dice.around(0, 0.06),
        flare=style.flare * dice.around(1, 0.4),
        curl=style.curl * dice.around(1, 0.2),
        part=side * style.part * dice.around(1, 0.3),
        bun=style.bun * dice.around(1, 0.12) if dice.chance(0.6) else 0.0,
    )


def _fringe(style: Hair, dice: Dice) -> float:
    """Those who could wear a fringe do so one time in three."""
    full = dice.chance(0.33) and style.fringe > 0
    return float(min(1.0, dice.between(0.6, 1.0))) if full else style.fringe * dice.between(0, 0.5)
