"""Beards and moustaches: where they grow, how thick they stand, how they look."""

from dataclasses import dataclass

import numpy as np

from gpu_service.portraits.look import Look, dent, tint
from gpu_service.portraits.mouth import mouth_line
from gpu_service.portraits.person import Face, Person
from gpu_service.portraits.shapes import Array, bump, curve, linear, mix, noise, ramp


@dataclass(frozen=True)
class Beard:
    """Shares of growth 0..1 at the cheeks and jaw, at the chin, above the lip; `length` in halves of a head."""

    jaw: float
    chin: float
    lip: float
    dense: float
    length: float
    high: float  # how far up the cheeks


NONE = Beard(0, 0, 0, 0, 0, 0)


def beard_of(person: Person) -> Beard:
    dice, face = person.dice("beard"), person.face
    length, high = dice.between(0.03, 0.11), dice.around(0, 0.05)
    kinds = [
        (4.2, Beard(0.7, 0.8, 0.8, 0.14, 0.0, high)),  # shaved this morning
        (1.7, Beard(0.9, 1.0, 1.0, dice.between(0.3, 0.6), 0.006, high)),
        (1.7, Beard(1.0, 1.0, 1.0, 0.93, length, high)),
        (0.6, Beard(0.1, 1.0, 1.0, 0.9, 0.5 * length, high)),
        (0.6, Beard(0.0, 0.0, 1.0, 0.92, 0.02, high)),
    ]
    beard = dice.pick(kinds)
    return beard if face.masculine > 0.25 else NONE


def growth(x: Array, y: Array, z: Array, beard: Beard, face: Face) -> Array:
    """How densely hair grows at a place of the face, 0..1."""
    side = np.abs(x)
    top = beard.high + curve(
        side, [(0.0, -0.62), (0.22, -0.62), (0.34, -0.58), (0.47, -0.42), (0.58, -0.22), (0.66, 0.05)]
    )
    below = ramp(y, top + 0.05, top - 0.06) * ramp(z, -0.12, 0.1)
    level = y - mouth_line(x, face)
    lips = bump(x, level, at=(0, -0.015), size=(0.95 * face.mouth_width, 0.085 * face.lips))
    jaw = beard.jaw * ramp(side, 0.12, 0.3)
    chin = beard.chin * ramp(side, 0.36, 0.22) * ramp(y, -0.66, -0.72)
    grown = below * np.maximum(jaw, chin)
    wide = face.mouth_width
    above = beard.lip * ramp(level, 0.02, 0.07) * ramp(level - 0.25 * side, 0.165, 0.075)
    above = above * ramp(side, wide + 0.06, wide - 0.10)
    above = np.maximum(above, beard.lip * beard.jaw * bump(side, y, at=(wide + 0.06, -0.70), size=(0.08, 0.13)))
    soul = beard.chin * bump(x, y, at=(0, -0.80), size=(0.05, 0.05))
    return np.clip(np.maximum(np.maximum(grown, soul) * (1 - ramp(lips, 0.35, 0.6)), above), 0, 1)


def paint_beard(look: Look, beard: Beard, person: Person, turn: Array) -> None:
    """Hair on the chin and cheeks: strands when long, a bluish shade when short."""
    if beard.dense == 0:
        return
    x, y, z = look.places.T
    table = person.dice("beard hairs").lattice(64, 64)
    curls = noise(table, x * 30 + 2 * y, y * 12) * 0.6 + 0.4 * noise(table, x * 60, y * 22)
    grown = growth(x, y, z, beard, person.face)
    share = beard.dense * ramp(grown + 0.22 * curls * (grown > 0.02), 0.15, 0.75)
    colours = person.colours
    shade = mix(colours.hair * 0.8, linear(46, 40, 38), 0.35) * (1 + 0.5 * curls)[:, None]
    grey = min(1.0, 1.25 * colours.grey)
    shade = mix(shade, np.array([0.34, 0.33, 0.32], np.float32) * (1 + 0.4 * curls)[:, None], grey)
    if beard.length < 0.01:
        shade = mix(np.minimum(shade, look.colour * 0.6), look.colour * np.array([0.34, 0.36, 0.40], np.float32), 0.6)
    tint(look, share, shade)
    look.gloss *= 1 - 0.75 * share
    look.soft *= 1 - 0.8 * share
    if beard.length > 0.01:
        slope = 0.55 * share * curls
        dent(look, slice(None), np.stack([slope, 0.4 * slope], axis=1), turn)
