"""Glasses: two rims in a plane before the eyes, a bridge, and arms to the ears."""

from dataclasses import dataclass

import numpy as np

from gpu_service.portraits.mesh import CAMERA, Camera
from gpu_service.portraits.person import Person
from gpu_service.portraits.shapes import Array, linear, ramp
from gpu_service.portraits.stage import Stage

PLANE = 0.80  # how far in front of the middle of the head
FRAMES = [
    (3.0, linear(26, 22, 22)),
    (1.5, linear(74, 44, 26)),
    (1.0, linear(96, 94, 92)),
    (0.8, linear(128, 98, 56)),
]


@dataclass(frozen=True)
class Glasses:
    half_width: float
    half_height: float
    round: float  # 2 an ellipse, more a rectangle
    thick: float
    low: float
    colour: Array


def glasses_of(person: Person) -> Glasses | None:
    dice = person.dice("glasses")
    if not dice.chance(0.08 + 0.10 * person.face.age):
        return None
    return Glasses(
        dice.between(0.18, 0.215), dice.between(0.125, 0.18), dice.between(2.0, 4.5), dice.between(0.010, 0.019),
        dice.around(-0.035, 0.012), dice.pick(FRAMES),
    )  # fmt: skip


def lay_glasses(picture: Array, stage: Stage) -> None:
    """Over the finished picture, [size * size, 3]: frame, its shadow, light on the lenses."""
    glasses, light, size = glasses_of(stage.person), stage.light, stage.camera.size_px
    if glasses is None:
        return
    frame, lens = _cover(glasses, stage)
    drop = round(0.02 * stage.camera.scale * size)
    shadow = np.roll(frame.reshape(size, size), drop, axis=0).reshape(-1)
    picture *= (1 - 0.35 * shadow * (1 - frame))[:, None]
    slant = np.linspace(-1, 1, size, dtype=np.float32)
    glare = np.clip(0.6 * np.sign(light.key[0]) * slant[None] - 0.8 * slant[:, None], 0, 1).reshape(-1)
    picture += (lens * (0.012 + 0.07 * glare))[:, None] * light.key_colour
    picture += (glasses.colour * light.key_colour * 0.5 + 0.02 - picture) * frame[:, None]


def _cover(glasses: Glasses, stage: Stage) -> tuple[Array, Array]:
    """Which share of each pixel is frame, and where lenses are, [size * size] each."""
    x, y = _on_plane(stage.turn, stage.centre, stage.camera)
    camera = stage.camera
    middle = stage.person.face.eye_gap + 0.01
    u = (np.abs(x) - middle) / glasses.half_width
    v = (y - glasses.low) / glasses.half_height
    far = (np.abs(u) ** glasses.round + np.abs(v) ** glasses.round) ** (1 / glasses.round)
    smaller = min(glasses.half_width, glasses.half_height)
    off = (far - 1) * smaller
    soft = 1.2 / (camera.size_px * camera.scale)
    half = glasses.thick * (1 + 0.5 * ramp(v, 0.0, 1.0))
    rim = ramp(np.abs(off), half + soft, half - soft)
    arch = y - glasses.low - 0.35 * glasses.half_height + 1.6 * x * x
    bridge = ramp(np.abs(arch), half * 0.8 + soft, half * 0.8 - soft) * (np.abs(x) < middle - glasses.half_width)
    lens = ramp(off, soft, -soft)
    return np.maximum(rim, bridge), lens


def _on_plane(turn: Array, centre: Array, camera: Camera) -> tuple[Array, Array]:
    """Where in the head's frame the ray of each pixel meets the plane of the lenses."""
    at = (np.arange(camera.size_px, dtype=np.float32) + 0.5) / camera.size_px
    across, down = np.meshgrid(at, at)
    ray = np.stack([across - camera.eyes[0], camera.eyes[1] - down], axis=2).reshape(-1, 2) / camera.scale
    # A pixel sees (ray * (CAMERA - z) / CAMERA, z); turned back, its third coordinate has to be the plane's.
    start = (np.concatenate([ray, np.zeros_like(ray[:, :1])], axis=1) + centre) @ turn
    onward = np.concatenate([-ray / CAMERA, np.ones_like(ray[:, :1])], axis=1) @ turn
    depth = (PLANE - start[:, 2]) / onward[:, 2]
    place = start + onward * depth[:, None]
    return place[:, 0].astype(np.float32), place[:, 1].astype(np.float32)
