"""Skin: its tones, lips, brows, wrinkles and freckles, painted onto the head."""

import numpy as np

from gpu_service.portraits.look import Look, dent, tint
from gpu_service.portraits.mouth import mouth_line
from gpu_service.portraits.person import Person
from gpu_service.portraits.shapes import Array, bump, curve, linear, mix, noise, ramp

BLOOD = linear(196, 70, 58)
TEETH = linear(232, 222, 206)


def paint_skin(look: Look, person: Person, turn: Array) -> None:
    """Everything on the head but eyes and beard."""
    x, y, _ = look.places.T
    _tones(look, person, x, y)
    _nostrils(look, person, x, y)
    _lips(look, person, x, y)
    _wrinkles(look, person, x, y, turn)
    _brows(look, person, x, y)


def _tones(look: Look, person: Person, x: Array, y: Array) -> None:
    face, colours = person.face, person.colours
    side, tables = np.abs(x), person.dice("skin").lattice(32, 32)
    warm = 0.9 * bump(side, y, at=(0.40, -0.22), size=(0.2, 0.16)) + 0.6 * bump(x, y, at=(0, -0.38), size=(0.13, 0.12))
    warm += 0.35 * bump(x, y, at=(0, -0.9), size=(0.16, 0.1)) + 0.8 * (side > 0.71)
    fair = 1 - 0.6 * colours.melanin
    tint(look, warm * (0.16 + 0.3 * colours.blush) * 0.42 * fair, BLOOD * (1 - 0.72 * colours.melanin))
    shade = 1 - (0.13 + 0.14 * face.age) * bump(side, y, at=(face.eye_gap - 0.03, -0.07), size=(0.14, 0.07))
    shade *= 1 - 0.10 * ramp(side, 0.45, 0.75) - 0.05 * ramp(y, 0.2, 0.7)
    shade *= 1 + 0.035 * noise(tables, x * 7, y * 7) + 0.02 * noise(tables, x * 19 + 5, y * 19)
    look.colour *= shade[:, None]
    spots = ramp(noise(tables, x * 34, y * 34 + 9), 0.55, 0.9) * bump(side, y, at=(0.25, -0.2), size=(0.35, 0.2))
    tint(look, 0.35 * colours.freckles * spots, look.colour.mean(axis=0) * linear(205, 150, 120))
    oily = 0.5 * bump(x, y, at=(0, 0.4), size=(0.35, 0.25)) + 0.9 * bump(x, y, at=(0, -0.3), size=(0.1, 0.25))
    oily += 0.4 * bump(side, y, at=(0.42, -0.1), size=(0.14, 0.1))
    look.gloss *= 0.7 + oily


def _nostrils(look: Look, person: Person, x: Array, y: Array) -> None:
    end = -person.face.nose_length
    hole = bump(np.abs(x), y, at=(0.058 + 0.2 * (person.face.nose_width - 0.118), end - 0.02), size=(0.034, 0.017))
    tint(look, np.clip(1.15 * hole, 0, 0.85), look.colour.mean(axis=0) * linear(150, 92, 80) * 0.35)
    look.open *= 1 - 0.6 * hole


def _lips(look: Look, person: Person, x: Array, y: Array) -> None:
    face, colours = person.face, person.colours
    across = np.abs(x) / face.mouth_width
    level = y - mouth_line(x, face)
    gap = 0.03 * face.open * np.clip(1 - across**2, 0, 1)
    upper = face.lips * curve(across, [(0, 0.054), (0.2, 0.064), (0.5, 0.048), (0.85, 0.014), (1.0, 0.0)]) + gap
    lower = face.lips * curve(across, [(0, 0.088), (0.3, 0.083), (0.65, 0.05), (0.9, 0.014), (1.0, 0.0)]) + gap
    edge = 0.012
    lip = ramp(upper - level, -edge, edge) * ramp(level + lower, -edge, edge) * ramp(across, 1.02, 0.92)
    natural = mix(look.colour.mean(axis=0), BLOOD * (1 - 0.66 * colours.melanin), 0.52)
    natural = natural * (0.78 + 0.1 * colours.melanin)
    tint(look, lip * 0.85, mix(natural, colours.lip_colour, colours.lip_paint))
    look.colour *= (1 - 0.22 * lip * ramp(level, -0.01, 0.03))[:, None]
    look.gloss += lip * (0.5 + 0.8 * colours.lip_paint)
    look.rough -= 0.12 * lip
    inside = ramp(gap - np.abs(level), 0.0, 0.008) * (gap > 0.002)
    tooth = ramp(level, -0.02, 0.0) * ramp(across, 0.85, 0.6)
    tint(look, inside, mix(linear(52, 16, 16), TEETH * 0.62, tooth[:, None]))
    between = np.exp(-((level / 0.009) ** 2)) * ramp(across, 1.06, 0.9) * (1 - inside)
    tint(look, 0.72 * between, natural * 0.22)
    look.open *= 1 - 0.35 * between - 0.25 * inside


def _wrinkles(look: Look, person: Person, x: Array, y: Array, turn: Array) -> None:
    age = person.face.age
    if age < 0.3:
        return
    side, tables = np.abs(x), person.dice("wrinkles").lattice(16, 16)
    strength = (age - 0.3) ** 1.2
    wave = y * 52 + 2.2 * noise(tables, x * 3, y * 3)
    brow = np.cos(wave) * bump(side, y, at=(0.1, 0.40), size=(0.4, 0.13))
    ray = (y + 0.01) / np.maximum(side - 0.36, 0.02)
    crow = np.cos(ray * 9) * bump(side, y, at=(0.49, -0.0), size=(0.05, 0.1))
    slopes = np.stack([0.1 * crow, 0.22 * brow + 0.3 * crow], axis=1) * strength
    slopes += 0.1 * strength * noise(tables, x * 24, y * 24)[:, None]
    dent(look, slice(None), slopes, turn)


def _brows(look: Look, person: Person, x: Array, y: Array) -> None:
    face, tables = person.face, person.dice("brows").lattice(32, 32)
    along = (np.abs(x) - 0.115) / 0.36
    arch = 0.055 * face.brow_arch * curve(along, [(0, 0), (0.62, 1.0), (1.0, 0.25)])
    line = (
        face.brow_height - 0.012 - 0.03 * face.brow_frown * ramp(along, 0.5, 0.0) + arch - 0.02 * ramp(along, 0.6, 1.1)
    )
    line = line + 0.01 * face.lean_side * np.sign(x)
    thick = 0.031 * face.brow_thick * curve(along, [(0, 0.75), (0.15, 1.0), (0.55, 0.85), (1.0, 0.15)])
    off = (y - line) / np.maximum(thick, 1e-3)
    hairs = noise(tables, (along * 36 + off * 3), off * 1.2)
    cover = ramp(np.abs(off), 1.35, 0.45) * ramp(along, -0.06, 0.14) * ramp(along, 1.1, 0.85)
    cover = np.clip(cover * (0.86 + 0.3 * hairs), 0, 1)
    colours = person.colours
    dark = mix(colours.hair, linear(34, 26, 22), 0.45) * (1 + 2.2 * colours.grey)
    tint(look, cover * (0.72 + 0.25 * min(1.0, face.brow_thick - 0.4)), dark)
    look.gloss *= 1 - 0.8 * cover
