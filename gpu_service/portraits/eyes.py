"""Eyes: lids with a crease and lashes, a ball between them, an iris that looks at the camera, and its reflection."""

from dataclasses import dataclass

import numpy as np

from gpu_service.portraits.look import Look, dent, tint
from gpu_service.portraits.person import Person
from gpu_service.portraits.shapes import Array, bump, linear, mix, noise, ramp, unit

BALL, IRIS = 0.150, 0.0585
SCLERA = linear(212, 202, 194)
LASHES = linear(24, 17, 15)
PINK = linear(190, 112, 100)


@dataclass(frozen=True)
class Opening:
    """One eye's pixels. `u` is -1 at the inner corner and 1 at the outer one; heights are above the eye's middle."""

    rows: Array
    side: float
    x: Array  # from the eye's middle, to the picture's right
    u: Array
    v: Array
    upper: Array
    lower: Array


def paint_eyes(look: Look, person: Person, turn: Array, key: Array) -> None:
    """Both eyes. `key` is the direction of the main light in the camera's frame."""
    gaze = person.dice("gaze")
    aim = gaze.around(0, 0.10), gaze.around(0, 0.06)
    for side in (-1.0, 1.0):
        eye = _opening(look, person, side)
        if not len(eye.rows):
            continue
        _lids(look, eye, person, turn)
        _ball(look, eye, person, turn, key, aim)
        _lashes(look, eye, person)


def _opening(look: Look, person: Person, side: float) -> Opening:
    face = person.face
    x, y, z = look.places.T
    near = (np.abs(side * x - face.eye_gap) < 0.24) & (np.abs(y) < 0.2) & (z > 0)
    rows = np.flatnonzero(near)
    x, y = x[rows] - side * face.eye_gap, y[rows]
    u = side * x / face.eye_width
    upper, lower = _lines(u, person, side)
    return Opening(rows, side, x, u, y, upper, lower)


def _lines(u: Array, person: Person, side: float) -> tuple[Array, Array]:
    """Heights of the edges of the two lids."""
    face = person.face
    tilt = face.eye_tilt * u * face.eye_width
    inside = np.clip(1 - np.abs(u) ** 2.3, 0, 1)
    squint = 0.18 * max(face.smile, 0)
    wide = face.eye_open * (1 + 0.06 * face.lean_side * side)
    upper = tilt + 0.060 * wide * inside**0.85 * (1 - 0.13 * u) * (1 - 0.4 * squint)
    lower = tilt - 0.043 * (1 + 0.3 * (wide - 1)) * np.clip(1 - u * u, 0, 1) * (1 + 0.18 * u) * (1 - squint)
    return upper, lower


def _lids(look: Look, eye: Opening, person: Person, turn: Array) -> None:
    step = np.float32(0.004)
    here = _relief(eye.u, eye.v, person, eye.side)
    right = _relief(eye.u + eye.side * step / person.face.eye_width, eye.v, person, eye.side)
    above = _relief(eye.u, eye.v + step, person, eye.side)
    slopes = np.stack([(right - here) / step, (above - here) / step], axis=1)
    dent(look, eye.rows, np.clip(slopes, -1.2, 1.2), turn)
    over = eye.v - eye.upper
    crease = np.exp(-(((over - _crease(person, eye.u)) / 0.011) ** 2)) * ramp(np.abs(eye.u), 1.25, 0.8) * (over > 0)
    under = np.exp(-(((eye.lower - eye.v - 0.006) / 0.012) ** 2)) * ramp(np.abs(eye.u), 1.1, 0.8)
    skin = look.colour[eye.rows].mean(axis=0)
    tint(look, 0.42 * crease, skin * 0.32, eye.rows)
    tint(look, 0.2 * under, mix(skin, PINK * 0.8, 0.4), eye.rows)
    shadow = np.clip(over, 0, 1) < _crease(person, eye.u)
    lid = ramp(over, -0.01, 0.01) * shadow * ramp(np.abs(eye.u), 1.2, 0.9)
    tint(look, lid * (0.16 + 0.5 * person.colours.liner), skin * 0.45, eye.rows)


def _crease(person: Person, u: Array) -> Array:
    return 0.036 - 0.010 * person.face.age - 0.4 * person.face.eye_depth + 0.004 * u


def _relief(u: Array, v: Array, person: Person, side: float) -> Array:
    upper, lower = _lines(u, person, side)
    near = ramp(np.abs(u), 1.35, 0.8)
    over, under = v - upper, lower - v
    height = -0.011 * np.exp(-(((over - _crease(person, u)) / 0.012) ** 2))
    height += 0.010 * np.exp(-((over / 0.016) ** 2)) + 0.008 * np.exp(-((under / 0.013) ** 2))
    height -= (0.003 + 0.008 * person.face.age) * np.exp(-(((under - 0.05) / 0.02) ** 2))
    return height * near


def _ball(look: Look, eye: Opening, person: Person, turn: Array, key: Array, aim: tuple[float, float]) -> None:
    edge = 0.006
    cover = ramp(eye.v, 0, 1) * 0 + ramp(eye.upper - eye.v, -edge, edge) * ramp(eye.v - eye.lower, -edge, edge)
    cover = cover * (np.abs(eye.u) < 1.02)
    # The pupils look at the camera whatever the head does: back along its turn.
    ahead = turn.T @ np.array([0, 0, 1], np.float32)
    middle = np.array([BALL * (0.8 * ahead[0] + aim[0]), BALL * (0.8 * ahead[1] + aim[1]) + 0.006], np.float32)
    off = np.hypot(eye.x - middle[0], eye.v - middle[1])
    white = SCLERA * (1 - 0.08 * person.face.age)
    colour = np.tile(white, (len(off), 1))
    corner = bump(eye.u, eye.v, at=(-0.95, 0.0), size=(0.22, 0.05)) + 0.25 * ramp(np.abs(eye.u), 0.5, 1.0)
    colour += (PINK - colour) * np.clip(corner, 0, 1)[:, None]
    iris = _iris(eye, person, off, middle, key)
    colour += (iris - colour) * ramp(off, IRIS + 0.006, IRIS - 0.003)[:, None]
    tint_rows = cover[:, None]
    look.colour[eye.rows] += (colour - look.colour[eye.rows]) * tint_rows
    ball = np.stack([eye.x / BALL, eye.v / BALL], axis=1)
    ball = np.concatenate([ball, np.sqrt(np.clip(1 - (ball**2).sum(axis=1, keepdims=True), 0.05, 1))], axis=1) @ turn.T
    look.normals[eye.rows] = unit(mix(look.normals[eye.rows], ball, tint_rows))
    lid = np.exp(-np.clip(eye.upper - eye.v, 0, 1) / 0.020)
    look.open[eye.rows] *= 1 - cover * (0.62 * lid + 0.25)
    look.soft[eye.rows] *= 1 - 0.8 * cover
    look.gloss[eye.rows] = mix(look.gloss[eye.rows], 0.35, cover)
    look.rough[eye.rows] = mix(look.rough[eye.rows], 0.22, cover)
    _sparkle(look, eye, cover, middle, key, turn)


def _iris(eye: Opening, person: Person, off: Array, middle: Array, key: Array) -> Array:
    near = off / IRIS
    angle = np.arctan2(eye.v - middle[1], eye.x - middle[0])
    rays = noise(person.dice("iris").lattice(8, 64), angle * (64 / (2 * np.pi)), near * 2)
    glow = 0.75 + 0.45 * rays * ramp(near, 0.3, 0.6) + 0.35 * ramp(near, 0.75, 0.4)
    # Light that enters on one side shines out on the other.
    across = ((eye.x - middle[0]) * key[0] + (eye.v - middle[1]) * key[1]) / IRIS
    glow = glow * (1 - 0.55 * np.clip(across, -1, 1)) * (1 - 0.7 * ramp(near, 0.78, 1.05))
    colour = person.colours.iris * glow[:, None] * 1.5
    pupil = ramp(near, 0.46, 0.36)
    return np.asarray(colour * (1 - pupil[:, None]) + 0.004 * pupil[:, None])


def _sparkle(look: Look, eye: Opening, cover: Array, middle: Array, key: Array, turn: Array) -> None:
    """The window in the eye: it lies where the cornea mirrors the light."""
    half = turn.T @ unit(key + np.array([0, 0, 1], np.float32))
    at = middle + 0.062 * half[:2]
    spot = ramp(np.hypot((eye.x - at[0]) * 1.1, eye.v - at[1]), 0.019, 0.010)
    small = middle - 0.05 * half[:2]
    second = 0.12 * ramp(np.hypot(eye.x - small[0], eye.v - small[1]), 0.022, 0.006)
    look.glow[eye.rows] += (cover * (0.85 * spot + second))[:, None]


def _lashes(look: Look, eye: Opening, person: Person) -> None:
    over, liner = eye.v - eye.upper, person.colours.liner
    feminine = max(0.0, -person.face.masculine)
    thick = (0.0085 + 0.004 * feminine + 0.006 * liner) * (1 + 0.3 * eye.u)
    inside = ramp(np.abs(eye.u), 1.16, 0.96)
    upper = np.exp(-(((over - 0.003) / np.maximum(thick, 1e-3)) ** 2)) * inside
    lower = np.exp(-(((eye.lower - eye.v + 0.002) / 0.006) ** 2)) * inside * ramp(eye.u, -0.8, 0.4)
    tint(look, np.clip((0.74 + 0.2 * feminine) * upper + (0.22 + 0.3 * liner) * lower, 0, 0.96), LASHES, eye.rows)
    look.gloss[eye.rows] *= 1 - 0.8 * upper
