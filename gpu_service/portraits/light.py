"""Light: a key, a fill, a rim and the room; shadows and closeness from depth; skin that lets light wander; film.

Directions point to the light, in the camera's frame. Light is linear; 1 is a white card in full key light.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

from gpu_service.portraits.look import Look
from gpu_service.portraits.person import Person
from gpu_service.portraits.shapes import Array, mix, ramp, unit

MAP_PX = 128  # shadows and closeness are found at one size, so that every picture size has the same light
FAR = -4.0
EDGE_PX = 56
VIEW = np.array([0, 0, 1], np.float32)


@dataclass(frozen=True)
class Light:
    key: Array
    key_colour: Array
    fill: Array
    fill_colour: Array
    rim: Array
    rim_colour: Array
    sky: Array
    ground: Array
    softness: float


@dataclass(frozen=True)
class Shade:
    """How much arrives at each pixel of the picture: of the key light, and of the light all around. [size, size]"""

    key: Array
    around: Array


def light_of(person: Person) -> Light:
    """A studio set-up: where the lights stand, how hard and how warm they are."""
    dice = person.dice("light")
    side = dice.pick([(0.5, -1.0), (0.5, 1.0)])
    azimuth = side * abs(dice.around(48, 17, limit=2.0))
    height = dice.around(33, 9)
    warmth = dice.around(0.04, 0.26)
    contrast = dice.between(0, 1)
    # As a photographer would, expose for the skin.
    stop = 0.78 + 0.40 * person.colours.melanin
    key = stop * (2.7 + 0.5 * contrast) * _tinted(warmth)
    fill = (0.36 - 0.29 * contrast) * _tinted(-0.6 * warmth + dice.around(0, 0.15))
    rim = dice.between(0.0, 1.6) ** 1.3 * _tinted(dice.around(-0.2, 0.5))
    room = (0.26 - 0.14 * contrast) * _tinted(dice.around(-0.1, 0.25))
    return Light(
        key=_towards(azimuth, height),
        key_colour=key,
        fill=_towards(-azimuth * 0.9, 8),
        fill_colour=fill,
        rim=_towards(-side * dice.around(140, 12), dice.around(28, 10)),
        rim_colour=rim,
        sky=room * 1.25,
        ground=room * 0.55,
        softness=dice.between(0.16, 0.5),
    )


def _tinted(warmth: float) -> Array:
    """White light made warmer (up to 1) or cooler (down to -1)."""
    return np.array([1 + 0.22 * warmth, 1.0, 1 - 0.34 * warmth], np.float32)


def _towards(azimuth: float, height: float) -> Array:
    a, h = np.radians(azimuth), np.radians(height)
    return np.array([np.sin(a) * np.cos(h), np.sin(h), np.cos(a) * np.cos(h)], np.float32)


def shade_of(depth: Array, light: Light, *, scale: float, size_px: int) -> Shade:
    """Shadows and closeness from how near each pixel is, [size, size], FAR where there is nothing."""
    pick = ((np.arange(MAP_PX) + 0.5) * size_px / MAP_PX).astype(int)
    small = depth[np.ix_(pick, pick)]
    there = (small > FAR).astype(np.float32)
    unit_px = scale * MAP_PX
    key = _lit(small, light.key, light.softness, unit_px)
    around = _around(small, there, unit_px)
    return Shade(_enlarged(key, there, size_px, 0.7), _enlarged(around, there, size_px, 0.6))


def _lit(depth: Array, towards: Array, softness: float, unit_px: float) -> Array:
    """Share of a lamp that is seen: step towards it and see whether something stands in the way."""
    blocked = np.zeros_like(depth)
    for step in np.geomspace(0.035, 0.95, 15).astype(np.float32):
        there = _moved(depth, down=towards[1] * step * unit_px, right=-towards[0] * step * unit_px)
        over = there - depth - towards[2] * step - 0.012
        np.maximum(blocked, np.clip(over / (softness * step), 0, 1), out=blocked)
    return 1 - blocked


def _moved(depth: Array, *, down: float, right: float) -> Array:
    """The same map a few pixels further on."""
    rows, columns = int(np.floor(down)), int(np.floor(right))
    lower, later = np.float32(down - rows), np.float32(right - columns)
    wide = MAP_PX
    framed = np.full((wide + 2 * EDGE_PX, wide + 2 * EDGE_PX), FAR, np.float32)
    framed[EDGE_PX:-EDGE_PX, EDGE_PX:-EDGE_PX] = depth
    top, left = EDGE_PX - rows, EDGE_PX - columns
    band = framed[top - 1 : top + wide]
    band = band[1:] * (1 - lower) + band[:-1] * lower
    return band[:, left : left + wide] * (1 - later) + band[:, left - 1 : left - 1 + wide] * later


def _around(depth: Array, there: Array, unit_px: float) -> Array:
    open_ = np.ones_like(depth)
    for reach, strength in ((0.035, 0.8), (0.09, 0.7), (0.22, 0.65)):
        sigma = reach * unit_px
        level = gaussian_filter(np.where(there > 0, depth, 0), sigma, truncate=2.0)
        level /= np.maximum(gaussian_filter(there, sigma, truncate=2.0), 1e-3)
        open_ *= 1 - strength * np.clip((level - depth) / (2.2 * reach), 0, 1)
    return open_


def _enlarged(values: Array, there: Array, size_px: int, blur: float) -> Array:
    """At the picture's size; what lies beside the person does not bleed in."""
    weight = gaussian_filter(there, blur)
    smooth = np.where(weight > 1e-3, gaussian_filter(values * there, blur) / np.maximum(weight, 1e-3), 1)
    factor = size_px / MAP_PX
    return np.asarray(zoom(smooth, factor, order=1, grid_mode=True, mode="nearest"), np.float32)


def lit(look: Look, light: Light, shade: Shade, *, scale: float, size_px: int) -> Array:
    """The light that comes from each pixel of a surface, [pixels, 3]."""
    key_open = shade.key.reshape(-1)[look.pixels] * (0.35 + 0.65 * look.open)
    around = shade.around.reshape(-1)[look.pixels] * look.open
    normals = look.normals
    falling = _wrapped(normals @ light.key, look.soft)[..., None] * key_open[:, None] * light.key_colour
    falling = falling + np.maximum(normals @ light.fill, 0)[:, None] * around[:, None] * light.fill_colour
    falling = falling + np.maximum(normals @ light.rim, 0)[:, None] * light.rim_colour * 0.8
    up = 0.5 + 0.5 * normals[:, 1:2]
    falling = falling + mix(light.ground, light.sky, up) * around[:, None]
    falling = _wandering(falling, look, scale=scale, size_px=size_px)
    return look.colour * falling + _shine(look, light, key_open, around) + look.glow * light.key_colour


def _wrapped(cosine: Array, soft: Array) -> Array:
    wrap = 0.18 * soft
    return np.maximum((cosine + wrap) / (1 + wrap), 0)


def _wandering(falling: Array, look: Look, *, scale: float, size_px: int) -> Array:
    """Light that enters skin comes out a little further on: red the furthest."""
    flat = np.zeros((size_px * size_px, 4), np.float32)
    flat[look.pixels, :3] = falling * look.soft[:, None]
    flat[look.pixels, 3] = look.soft
    plane = flat.reshape(size_px, size_px, 4)
    out = falling.copy()
    for channel, reach in enumerate((0.034, 0.018, 0.011)):
        sigma = reach * scale * size_px
        near = gaussian_filter(plane[..., channel], sigma, truncate=2.0) / np.maximum(
            gaussian_filter(plane[..., 3], sigma, truncate=2.0), 1e-3
        )
        out[:, channel] = mix(falling[:, channel], near.reshape(-1)[look.pixels], 0.75 * look.soft)
    return out


def _shine(look: Look, light: Light, key_open: Array, around: Array) -> Array:
    """What a surface mirrors: the lamps, and at its edges the room (Schlick)."""
    power = 2 / np.maximum(look.rough, 0.12) ** 4 - 2
    out = np.zeros_like(look.colour)
    for towards, colour, seen in ((light.key, light.key_colour, key_open), (light.rim, light.rim_colour, 1.0)):
        half = unit(towards + VIEW)
        fresnel = 0.035 + 0.965 * (1 - max(0.0, float(half @ VIEW))) ** 5
        facing = np.maximum(look.normals @ half, 0)
        lobe = (power + 2) / 8 * facing**power * ramp(look.normals @ towards, -0.05, 0.25)
        out += (look.gloss * fresnel * lobe * seen)[:, None] * colour
    edge = (1 - np.clip(look.normals[:, 2], 0, 1)) ** 4
    return out + (0.16 * edge * look.gloss * around)[:, None] * (light.sky + 0.5 * light.rim_colour)


def film(light: Array) -> Array:
    """Light as a film would show it: soft shoulder, deep but open shadows (after Hable's curve), 0..1 sRGB."""
    exposed = np.maximum(light, 0) * 0.47
    toned = exposed * (2.3 * exposed + 0.05) / (exposed * (2.2 * exposed + 0.62) + 0.10)
    grey = toned @ np.array([0.30, 0.55, 0.15], np.float32)
    toned = np.clip(grey[..., None] + (toned - grey[..., None]) * 0.93, 0, 1)
    return np.where(toned <= 0.0031308, toned * 12.92, 1.055 * toned ** (1 / 2.4) - 0.055)
