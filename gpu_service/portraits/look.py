"""What a surface is made of, pixel by pixel, before any light falls on it."""

from dataclasses import dataclass

import numpy as np

from gpu_service.portraits.mesh import Seen
from gpu_service.portraits.shapes import Array, unit


@dataclass
class Look:
    """Painted step by step. Colours are linear light; all arrays are [pixels, ...]."""

    pixels: Array
    depth: Array
    normals: Array
    places: Array
    extras: Array
    colour: Array  # [pixels, 3]
    gloss: Array  # strength of the shine
    rough: Array  # 0 mirror .. 1 dull
    soft: Array  # how much light wanders under the surface
    open: Array  # how much of the surrounding light arrives
    glow: Array  # light of its own, [pixels, 3]: reflections in the eyes


def look_of(seen: Seen, colour: Array, *, gloss: float, rough: float, soft: float) -> Look:
    """The same stuff everywhere."""
    count = len(seen.pixels)

    def all_of(value: float) -> Array:
        return np.full(count, value, np.float32)

    return Look(
        seen.pixels, seen.depth, seen.normals, seen.places, seen.extras,
        np.tile(np.asarray(colour, np.float32), (count, 1)),
        all_of(gloss), all_of(rough), all_of(soft), all_of(1.0), np.zeros((count, 3), np.float32),
    )  # fmt: skip


def tint(look: Look, share: Array, colour: Array, rows: Array | slice = slice(None)) -> None:
    """Lay a colour over some of the pixels."""
    part = look.colour[rows]
    look.colour[rows] = part + (colour - part) * share[:, None]


def dent(look: Look, rows: Array | slice, slopes: Array, turn: Array) -> None:
    """Tilt normals by the slopes of a fine relief, in the surface's own frame, [pixels, 2]."""
    tilt = slopes @ turn[:, :2].T
    look.normals[rows] = unit(look.normals[rows] - tilt)


def joined(looks: list[Look], size_px: int) -> Look:
    """Several surfaces as one: of each pixel the nearest."""
    nearest = np.full(size_px * size_px, -np.inf, np.float32)
    owner = np.full(size_px * size_px, -1, np.int32)
    start = 0
    for look in looks:
        front = look.depth > nearest[look.pixels]
        nearest[look.pixels[front]] = look.depth[front]
        owner[look.pixels[front]] = start + np.flatnonzero(front)
        start += len(look.pixels)
    pixels = np.flatnonzero(owner >= 0)
    rows = owner[pixels]

    def gather(name: str) -> Array:
        return np.concatenate([getattr(look, name) for look in looks])[rows]

    names = ("depth", "normals", "places", "colour", "gloss", "rough", "soft", "open", "glow")
    return Look(pixels=pixels, extras=np.zeros((len(pixels), 0)), **{name: gather(name) for name in names})
