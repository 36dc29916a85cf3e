"""Who is portrayed: every number that a portrait is drawn from. Same seed and index, same person.

Lengths are in halves of a head (eyes to chin is 1); shares are 0..1; `masculine`, `age`, `full` are -1..1 or 0..1 axes
that many features lean on together, so that a face hangs together.
"""

from dataclasses import dataclass

import numpy as np

from gpu_service.portraits.dice import Dice
from gpu_service.portraits.shapes import Array, curve, linear

# Skin from fair to deep, as people write colours.
SKIN = [
    linear(238, 200, 178),
    linear(224, 176, 152),
    linear(208, 156, 126),
    linear(178, 124, 94),
    linear(146, 96, 64),
    linear(104, 66, 44),
    linear(72, 45, 32),
]
IRIS = [
    (5.0, linear(62, 36, 20)),
    (3.0, linear(104, 66, 34)),
    (1.2, linear(112, 104, 58)),
    (1.4, linear(98, 124, 142)),
    (0.8, linear(108, 122, 112)),
]


@dataclass(frozen=True)
class Pose:
    """Degrees. Yaw turns to the picture's right, pitch looks down, roll leans to the right."""

    yaw: float
    pitch: float
    roll: float
    body_yaw: float
    shift: tuple[float, float]
    scale: float


@dataclass(frozen=True)
class Face:
    masculine: float  # -1..1
    age: float  # 0 young .. 1 old
    full: float  # -1 lean .. 1 round
    width: float
    jaw: float
    chin: float
    forehead: float
    cheekbones: float
    brow_ridge: float
    nose_length: float
    nose_width: float
    nose_out: float
    nose_bridge: float
    lips: float
    mouth_width: float
    smile: float
    open: float
    eye_gap: float
    eye_width: float
    eye_open: float
    eye_tilt: float
    eye_depth: float
    brow_height: float
    brow_thick: float
    brow_arch: float
    brow_frown: float
    neck: float
    ears: float
    lean_side: float  # a little of asymmetry


@dataclass(frozen=True)
class Colours:
    skin: Array
    melanin: float  # 0 fair .. 1 deep
    blush: float
    freckles: float
    hair: Array
    grey: float
    iris: Array
    lip_paint: float
    lip_colour: Array
    liner: float


@dataclass(frozen=True)
class Person:
    seed: int
    index: int
    pose: Pose
    face: Face
    colours: Colours

    def dice(self, subject: str) -> Dice:
        return Dice(self.seed, self.index, subject)


def meet(seed: int, index: int) -> Person:
    """The person of that number."""
    face = _face(Dice(seed, index, "face"))
    return Person(seed, index, _pose(Dice(seed, index, "pose")), face, _colours(Dice(seed, index, "colours"), face))


def _pose(dice: Dice) -> Pose:
    yaw = dice.around(0, 10.5, limit=2.3)
    return Pose(
        yaw=yaw,
        pitch=dice.around(1, 4.5),
        roll=dice.around(0, 3.2),
        body_yaw=0.4 * yaw + dice.around(0, 12),
        shift=(dice.around(0, 0.006), dice.around(0, 0.006)),
        scale=dice.around(0.425, 0.008),
    )


def _face(dice: Dice) -> Face:
    masculine = float(np.clip(dice.pick([(1, -0.62), (1, 0.62)]) + dice.around(0, 0.3), -1, 1))
    age = dice.between(0, 1) ** 1.4
    full = dice.around(0, 0.45)
    return Face(
        masculine=masculine,
        age=age,
        full=full,
        width=dice.around(1.0, 0.035) + 0.03 * full,
        jaw=dice.around(0, 0.028) + 0.032 * masculine + 0.03 * full,
        chin=dice.around(0, 0.03) + 0.022 * masculine,
        forehead=dice.around(0, 0.03),
        cheekbones=dice.around(0.045, 0.02) - 0.012 * masculine,
        brow_ridge=dice.around(0.03, 0.012) + 0.025 * masculine,
        nose_length=dice.around(0.435, 0.025) + 0.015 * masculine + 0.015 * age,
        nose_width=dice.around(0.118, 0.017) + 0.008 * masculine + 0.006 * age,
        nose_out=dice.around(0.225, 0.033) + 0.02 * masculine,
        nose_bridge=dice.around(0.07, 0.028) + 0.012 * masculine,
        lips=dice.around(1.12, 0.22) - 0.12 * masculine - 0.2 * age,
        mouth_width=dice.around(0.262, 0.018) + 0.01 * masculine,
        smile=dice.around(0.25, 0.38),
        open=max(0.0, dice.around(-0.5, 0.75)),
        eye_gap=dice.around(0.285, 0.011),
        eye_width=dice.around(0.139, 0.006) - 0.003 * masculine,
        eye_open=dice.around(0.95, 0.11) - 0.1 * masculine - 0.1 * age,
        eye_tilt=dice.around(0.06, 0.07) - 0.03 * age,
        eye_depth=dice.around(0.0, 0.02) + 0.012 * masculine,
        brow_height=dice.around(0.185, 0.018) - 0.018 * masculine,
        brow_thick=dice.around(1.15, 0.22) + 0.25 * masculine,
        brow_arch=dice.around(0.5, 0.3) - 0.25 * masculine,
        brow_frown=dice.around(0.0, 0.3),
        neck=dice.around(0.395, 0.02) + 0.05 * masculine + 0.03 * full,
        ears=dice.around(1.0, 0.08) + 0.08 * age,
        lean_side=dice.around(0, 0.5),
    )


def _colours(dice: Dice, face: Face) -> Colours:
    melanin = float(np.clip(dice.pick([(0.55, dice.between(0, 0.5)), (0.45, dice.between(0.35, 1))]), 0, 1))
    grey = float(np.clip((face.age - 0.62) * 2.6 + dice.around(0, 0.25), 0, 1)) if face.age > 0.5 else 0.0
    feminine = max(0.0, -face.masculine)
    return Colours(
        skin=skin_tone(melanin) * (1 + np.array([0.03, 0.0, -0.05], np.float32) * dice.around(0, 1)),
        melanin=melanin,
        blush=dice.around(0.65, 0.25),
        freckles=max(0.0, dice.around(-0.6, 0.6)) * (1 - melanin),
        hair=_hair_colour(dice, melanin),
        grey=grey,
        iris=_iris(dice, melanin),
        lip_paint=feminine * max(0.0, dice.around(0.25, 0.45)),
        lip_colour=dice.pick(
            [(2, linear(150, 34, 40)), (2, linear(176, 70, 72)), (1, linear(120, 28, 58)), (1, linear(190, 84, 66))]
        ),
        liner=feminine * max(0.0, dice.around(0.4, 0.4)),
    )


def skin_tone(melanin: float) -> Array:
    """The colour of skin between fair (0) and deep (1), linear light, [3]."""
    steps = np.linspace(0, 1, len(SKIN))
    at = np.array([melanin])
    return np.array(
        [
            curve(at, [(float(s), float(tone[channel])) for s, tone in zip(steps, SKIN, strict=True)])[0]
            for channel in range(3)
        ],
        np.float32,
    )


def _hair_colour(dice: Dice, melanin: float) -> Array:
    black, brown, chestnut = linear(22, 18, 17), linear(56, 39, 30), linear(94, 62, 42)
    auburn, copper, blond, ash = linear(110, 54, 34), linear(152, 84, 48), linear(190, 154, 108), linear(128, 108, 88)
    fair = max(0.0, 1 - 1.7 * melanin)
    colour = dice.pick(
        [
            (1.2 + 6 * melanin**1.5, black),
            (1.9 * (1 - 0.75 * melanin), brown),
            (1.3 * fair, chestnut),
            (0.01 + 0.5 * fair, auburn),
            (0.45 * fair, copper),
            (1.3 * fair, blond),
            (0.7 * fair, ash),
        ]
    )
    return colour * np.float32(dice.around(1.0, 0.16))


def _iris(dice: Dice, melanin: float) -> Array:
    dark = [
        (weight if place < 2 else weight * max(0.02, 1 - 2 * melanin), colour)
        for place, (weight, colour) in enumerate(IRIS)
    ]
    return dice.pick(dark) * np.float32(dice.around(1.0, 0.12))
