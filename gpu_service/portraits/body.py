"""Neck, shoulders and what is worn on them."""

from dataclasses import dataclass

import numpy as np

from gpu_service.portraits.dice import Dice
from gpu_service.portraits.look import Look, tint
from gpu_service.portraits.mesh import Grid
from gpu_service.portraits.person import Person
from gpu_service.portraits.shapes import Array, curve, linear, mix, noise, ramp

ROWS, COLUMNS = 84, 112
CLOTH = [
    linear(34, 44, 62), linear(38, 40, 44), linear(58, 64, 60), linear(96, 36, 36), linear(124, 82, 48),
    linear(178, 164, 142), linear(206, 200, 190), linear(44, 72, 76), linear(70, 52, 74), linear(24, 25, 28),
    linear(86, 96, 70), linear(150, 110, 96), linear(62, 84, 112), linear(160, 124, 60),
]  # fmt: skip


@dataclass(frozen=True)
class Dress:
    kind: str  # crew, vee, roll, shirt, jacket
    colour: Array
    second: Array
    front: float  # how deep the neckline is in front
    back: float
    thick: float
    knit: float


def dress_of(person: Person) -> Dress:
    dice = person.dice("dress")
    kind = dice.pick([(3.0, "crew"), (1.6, "vee"), (1.5, "roll"), (2.2, "shirt"), (1.6, "jacket")])
    front = {"crew": -1.36, "vee": -1.62, "roll": -1.17, "shirt": -1.46, "jacket": -1.5}[kind] + dice.around(0, 0.035)
    back = {"crew": -1.16, "vee": -1.16, "roll": -1.02, "shirt": -1.04, "jacket": -1.08}[kind]
    return Dress(kind, _cloth(dice), _cloth(dice), front, back, dice.between(0.02, 0.045), dice.between(0, 1))


def _cloth(dice: Dice) -> Array:
    colour = dice.pick([(1.0, one) for one in CLOTH])
    colour = colour * (1 + 0.12 * np.array([dice.around(0, 1) for _ in range(3)], np.float32))
    return np.clip(mix(colour.mean(), colour, 0.72) * dice.around(0.9, 0.2), 0.005, 0.7)


def body(person: Person, dress: Dress) -> Grid:
    """From inside the head down to below the picture's edge. Extra: how far below the neckline."""
    face = person.face
    s = np.linspace(0, 1, ROWS, dtype=np.float32)
    theta = np.linspace(-2.2, 2.2, COLUMNS, dtype=np.float32)
    strong = 0.06 * face.masculine + 0.05 * face.full
    neck = face.neck
    wide = curve(
        s,
        [
            (0, neck),
            (0.3, neck),
            (0.42, neck * 1.08),
            (0.52, 0.62 + strong),
            (0.64, 0.98 + strong),
            (0.78, 1.36 + strong),
            (1, 1.62 + strong),
        ],
    )
    level = curve(
        s,
        [(0, -0.45), (0.3, -0.98), (0.42, -1.13), (0.52, -1.24), (0.64, -1.35), (0.78, -1.52), (0.88, -1.8), (1, -2.4)],
    )
    deep = curve(s, [(0, neck * 0.95), (0.3, neck * 0.95), (0.42, neck), (0.6, 0.50), (0.8, 0.62), (1, 0.8)])
    middle = curve(s, [(0, -0.10), (0.3, -0.22), (0.5, -0.3), (1, -0.3)])
    x = wide[:, None] * np.sin(theta)
    z = deep[:, None] * np.cos(theta) + middle[:, None]
    y = np.broadcast_to(level[:, None], x.shape).copy()
    # The chest lies lower than the back of the neck.
    y -= 0.24 * ramp(s, 0.25, 0.55)[:, None] * (0.5 + 0.5 * np.cos(theta)) * np.exp(-((x / 0.75) ** 2))
    line = _neckline(theta, dress)
    # Where the neckline is steep, it is nearer sideways than upwards.
    below = (line - y) / np.sqrt(1 + (np.gradient(line, theta) / 0.42) ** 2)
    out = (dress.thick + (0.05 if dress.kind == "roll" else 0.0)) * ramp(below, -0.015, 0.05)
    out = out + 0.03 * ramp(_leaf(x, y, dress), 0.0, 0.03) * ramp(below, 0.0, 0.04)
    points = np.stack([x + out * np.sin(theta), y, z + out * np.cos(theta)], axis=2)
    points[..., 2] += _anatomy(points[..., 0], points[..., 1], person) * ramp(points[..., 2], -0.1, 0.15) * (below < 0)
    return Grid(points.astype(np.float32), below[..., None].astype(np.float32))


def _neckline(theta: Array, dress: Dress) -> Array:
    front = 0.5 + 0.5 * np.cos(theta)
    sharp = {"vee": 3.2, "shirt": 4.0, "jacket": 3.0}.get(dress.kind, 1.3)
    line = dress.back + (dress.front - dress.back) * front**sharp
    return np.broadcast_to(line, theta.shape)


def _leaf(x: Array, y: Array, dress: Dress) -> Array:
    """How far inside the leaf of a collar or lapel a place lies, negative outside."""
    side = np.abs(x)
    if dress.kind == "shirt":
        return np.minimum(0.50 + 0.5 * (y + 1.15) - side, y + 1.46 + 0.75 * side)
    if dress.kind == "jacket":
        return np.minimum(0.60 + 0.35 * (y + 1.15) - side, side - 0.02)
    return np.full_like(x, -1.0)


def _anatomy(x: Array, y: Array, person: Person) -> Array:
    """The two cords of the neck, the pit between the collar bones, the bones."""
    side = np.abs(x)
    cord = side - curve(y, [(-0.6, 0.36), (-1.0, 0.22), (-1.4, 0.06)])
    out = 0.022 * np.exp(-((cord / 0.05) ** 2)) - 0.035 * np.exp(-((side / 0.06) ** 2) - ((y + 1.44) / 0.06) ** 2)
    apple = max(0.0, person.face.masculine) * 0.035
    out += apple * np.exp(-((x / 0.06) ** 2) - ((y + 1.08) / 0.08) ** 2)
    bone = y - curve(side, [(0.0, -1.46), (0.4, -1.42), (1.0, -1.38)])
    return out + 0.02 * np.exp(-((bone / 0.035) ** 2)) * ramp(side, 0.05, 0.15)


def paint_body(look: Look, person: Person, dress: Dress) -> None:
    """Cloth below the neckline, skin above it."""
    x, y, _ = look.places.T
    below = look.extras[:, 0]
    cloth = ramp(below, 0.0, 0.012)
    table = person.dice("cloth").lattice(32, 32)
    weave = 1 + 0.10 * noise(table, x * 4, y * 4) + 0.05 * dress.knit * np.cos(x * 120)
    colour = dress.colour[None] * weave[:, None]
    if dress.kind in ("crew", "vee"):
        colour = colour * (1 - 0.22 * (ramp(below, 0.055, 0.07) * ramp(below, 0.095, 0.08)))[:, None]
    if dress.kind == "jacket":
        inner = ramp(np.abs(x) - 0.13 - 0.26 * (y + 1.75), 0.02, 0.0)
        colour = colour + (dress.second * 1.2 - colour) * inner[:, None]
    edge = np.exp(-(((_leaf(x, y, dress) + 0.008) / 0.016) ** 2))
    colour = colour * (1 - 0.5 * edge)[:, None]
    tint(look, cloth, colour)
    look.gloss *= 1 - 0.8 * cloth
    look.soft *= 1 - 0.9 * cloth
    look.rough += cloth * (0.75 - look.rough)
    look.open *= 1 - 0.5 * np.exp(-((below / 0.03) ** 2)) * (below < 0.01)
