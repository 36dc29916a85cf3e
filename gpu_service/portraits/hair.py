"""Hair: a shell around the skull, cut out along the hairline, with strands that fall away from a parting."""

import numpy as np

from gpu_service.portraits.head import loft
from gpu_service.portraits.light import Light, Shade
from gpu_service.portraits.look import Look, dent, tint
from gpu_service.portraits.mesh import Grid
from gpu_service.portraits.person import Person
from gpu_service.portraits.shapes import Array, curve, mix, noise, ramp, unit
from gpu_service.portraits.styles import Hair

ROWS, COLUMNS = 96, 144
VIEW = np.array([0, 0, 1], np.float32)


def shell(hair: Hair, person: Person) -> Grid:
    """The outside of the hair. Extra: height above its edge, negative where the face looks out."""
    table = person.dice("locks").lattice(64, 64)
    top, end = 1 + hair.top, min(hair.end, -0.4) - 0.15
    down = np.linspace(0, 1, ROWS) ** 1.25
    y = (top + (end - top) * (0.5 * down + 0.5 * (1 - np.cos(np.pi / 2 * down)))).astype(np.float32)
    theta = np.linspace(-np.pi, np.pi, COLUMNS).astype(np.float32)
    base = np.where(y > 0.3, 0.3 + (y - 0.3) * 0.7 / (0.7 + hair.top), np.maximum(y, _hang(hair)))
    line = edge(theta, hair)
    # Where the edge is steep, it is nearer sideways than downwards.
    steep = np.gradient(line, theta) / 0.7
    above = (y[:, None] - line[None]) / np.sqrt(1 + steep**2)
    points = loft(base, theta, person.face, out=_thickness(y, base, theta, above, hair, table))
    points[..., 1] = y[:, None]
    fall = ramp(y, 0.0, -0.9)[:, None] * (hair.curtain < 3)
    points[..., 0] *= 1 + fall * hair.flare - 0.08 * fall * ramp(y, -1.0, -2.2)[:, None]
    points[..., 2] += 0.25 * ramp(y, -0.7, -1.5)[:, None] * ramp(points[..., 2], -0.1, 0.3)
    return Grid(points, above[..., None].astype(np.float32))


def _hang(hair: Hair) -> float:
    return -0.18 if hair.curtain < 3 else -0.45


def edge(theta: Array, hair: Hair) -> Array:
    """Height of the edge of the hair at each angle, 0 in front."""
    lean = theta - 0.0
    angle = np.abs(theta - 0.9 * hair.part * np.exp(-((theta / 0.8) ** 2)))
    line, recess = hair.line, 0.13 * hair.recess
    if hair.curtain < 3:
        c = hair.curtain
        points = [
            (0, line),
            (0.45 * c, line - 0.05 + 0.5 * recess),
            (0.72 * c, line - 0.2),
            (0.9 * c, 0.12),
            (c, -0.3),
            (c + 0.05, -1.0),
            (c + 0.12, -4.0),
        ]
        out = curve(angle, points)
        out = np.where(angle > c + 0.15, hair.end, np.maximum(out, hair.end))
    else:
        low = min(hair.end, -0.5)
        points = [
            (0, line),
            (0.4, line + 0.15 * recess),
            (0.62, line - 0.02 + recess),
            (0.85, line - 0.16 + 0.6 * recess),
            (1.05, 0.24),
            (1.2, 0.02),
            (1.3, -0.2),
            (1.38, -0.22),
            (1.46, 0.1),
            (1.75, 0.12),
            (2.05, -0.3),
            (np.pi, low),
        ]
        out = curve(angle, points)
    fall = hair.fringe * (line - 0.2) * np.exp(-(((lean - 0.35 * hair.sweep) / (0.62 + 0.15 * hair.fringe)) ** 4))
    return out - fall * (1 + 0.25 * hair.sweep * np.sin(1.5 * theta))


def _thickness(y: Array, base: Array, theta: Array, above: Array, hair: Hair, table: Array) -> Array:
    ahead, beside = np.clip(np.cos(theta), 0, 1) ** 2, np.sin(theta) ** 2
    behind = np.clip(-np.cos(theta), 0, 1) ** 2
    high = ramp(y, 0.25, 0.8)[:, None]
    out = hair.side * beside + hair.back * behind + (0.6 * hair.side + 0.4 * hair.top + hair.front * high) * ahead
    rooted = 0.08 + 0.5 * hair.fringe * ahead
    if hair.curtain < 3:
        rooted = np.maximum(rooted, 0.75 * ramp(y, 0.35, -0.1)[:, None])
    out = out * mix(rooted, 1.0, ramp(above, -0.02, 0.34) ** 0.7)
    round_ = np.sqrt(np.clip(1 - (np.clip(base - 0.3, 0, 0.7) / 0.7) ** 2, 0, 1))[:, None]
    strands, heights = np.meshgrid(theta, y)
    rough = hair.clump * noise(table, strands * 7, heights * 1.2)
    rough = rough + 0.05 * hair.curl * (0.4 + hair.side) * noise(table, strands * 9, heights * 7 + 20)
    if hair.curtain < 3:
        rough = rough + 0.06 * hair.curl * np.sin(heights * 9 + 3 * noise(table, strands * 1.5, heights)) * ramp(
            heights, 0.2, -0.5
        )
    return (out + rough * ramp(above, -0.05, 0.2)) * np.clip(round_, 0.02, 1)


def cover(look: Look, hair: Hair, person: Person) -> Array:
    """How much of each pixel is hair: single strands at the edges, 0..1."""
    y, strand = look.places[:, 1], _strand(look, hair)
    table = person.dice("ends").lattice(64, 64)
    ragged = 0.6 * noise(table, strand * 14, y * 1.0) + 0.4 * noise(table, strand * 38, y * 2.0)
    reach = 0.03 + 0.06 * hair.fringe + 0.10 * (hair.curtain < 3) * ramp(y, -0.3, -0.9)
    # Without a fringe the hair grows out of the skin, thin at first.
    thin = 0.03 + (0.07 * (1 - hair.fringe) if hair.curtain > 3 else 0.0)
    share = ramp(look.extras[:, 0] + ragged * reach, -0.012, thin)
    fuzzy = 0.10 + 0.25 * hair.curl
    return share * ramp(
        look.normals[:, 2] + fuzzy * noise(table, strand * 30, y * (2 + 14 * hair.curl)), -0.02, 0.16 + 0.2 * hair.curl
    )


def _strand(look: Look, hair: Hair) -> Array:
    """Which strand a pixel lies on: the angle around the parting."""
    away, along = _from_parting(look.places, hair)
    return np.arctan2(away[:, 0], away[:, 2]) + 1.3 * along


def _from_parting(places: Array, hair: Hair) -> tuple[Array, Array]:
    """Each place as seen from the nearest point of the parting, [pixels, 3], and where on the parting that is."""
    front, back = hair.parting_front, -0.35
    along = np.clip(places[:, 2], back, front)
    height = 0.92 + 0.1 * hair.top - 0.35 * ramp(along, 0.1, 0.75)
    high = ramp(places[:, 1], -0.2, 0.7)
    nearest = np.stack([hair.part * high, np.minimum(height, 1.0), along * high], axis=1)
    return places - nearest, along * high


def paint_hair(look: Look, hair: Hair, person: Person, turn: Array) -> None:
    """Colour, with lighter and darker strands, grey ones, and roots in their own shade."""
    y, strand = look.places[:, 1], _strand(look, hair)
    table = person.dice("strands").lattice(128, 64)
    tight = 1 + 9 * hair.curl
    ringlets = noise(table, strand * 22 + 3 * y, y * 16), noise(table, strand * 22 + 40, y * 16 + 3 * strand)
    dent(look, slice(None), 0.9 * hair.curl * np.stack(ringlets, axis=1), turn)
    lights = 0.5 * noise(table, strand * 9, y * 0.8 * tight) + 0.35 * noise(table, strand * 26, y * 1.3 * tight)
    lights += 0.3 * noise(table, strand * 70, y * 2.0 * tight)
    colours = person.colours
    tone = colours.hair * (1 + 0.42 * lights)[:, None]
    grey = np.clip(colours.grey * (1.15 + 0.5 * lights) + 0.15 * (colours.grey > 0) * ramp(y, 0.4, -0.1), 0, 1)
    silver = np.array([0.27, 0.265, 0.26], np.float32) * (1 + 0.3 * lights)[:, None]
    look.colour[:] = mix(tone, silver, grey[:, None])
    look.extras = np.stack([look.extras[:, 0], lights], axis=1)
    deep = ramp(look.extras[:, 0], 0.0, 0.2)
    look.open *= (0.6 + 0.4 * deep) * (1 + 0.25 * np.clip(lights, -1, 0.3))


def lit_hair(look: Look, hair: Hair, light: Light, shade: Shade, turn: Array) -> Array:
    """Light from strands: they mirror it across their length (after Kajiya and Kay), [pixels, 3]."""
    fall = _from_parting(look.places, hair)[0] @ turn.T
    normals, lights = look.normals, look.extras[:, 1]
    along = unit(fall - normals * np.einsum("ij,ij->i", fall, normals)[:, None])
    key_open = shade.key.reshape(-1)[look.pixels]
    around = shade.around.reshape(-1)[look.pixels] * look.open
    out = np.zeros_like(look.colour)
    for towards, colour, seen in (
        (light.key, light.key_colour, key_open),
        (light.fill, light.fill_colour, around),
        (light.rim, light.rim_colour, 1.0),
    ):
        facing = normals @ towards
        across = np.sqrt(np.clip(1 - (along @ towards) ** 2, 0, 1))
        body = np.clip((facing + 0.25) / 1.25, 0, 1) * (0.55 + 0.45 * across)
        half = unit(towards + VIEW)
        tilted = unit(along + normals * (0.12 + 0.22 * lights)[:, None])
        sheen = np.clip(1 - (tilted @ half) ** 2, 0, 1)
        shine = (0.05 + 0.5 * look.colour) * (0.5 * sheen**24 + 0.7 * (sheen**90))[:, None] * (1 - 0.8 * hair.curl)
        gate = ramp(facing, -0.1, 0.4)
        out += (look.colour * body[:, None] + 0.23 * shine * gate[:, None]) * np.asarray(seen)[..., None] * colour
    up = 0.5 + 0.5 * normals[:, 1:2]
    return out * (0.55 + 0.45 * look.open)[:, None] + look.colour * mix(light.ground, light.sky, up) * around[:, None]


def bun(hair: Hair) -> Grid:
    """Hair that is tied up: a ball above the back of the head."""
    tall = np.linspace(0, np.pi, 28, dtype=np.float32)[:, None]
    round_ = np.linspace(-np.pi, np.pi, 40, dtype=np.float32)[None]
    swirl = 1 + 0.04 * np.sin(5 * round_ + 6 * tall)
    ball = np.stack(
        [np.sin(tall) * np.sin(round_), np.cos(tall) * np.ones_like(round_), np.sin(tall) * np.cos(round_)], axis=2
    )
    points = hair.bun * ball * swirl[..., None] * [1.1, 0.85, 1.0] + [0.3 * hair.part, 1.02 + 0.55 * hair.bun, -0.3]
    return Grid(points.astype(np.float32), np.ones((28, 40, 1), np.float32))


def paint_scalp(look: Look, hair: Hair, person: Person) -> None:
    """What shows of shaved hair, and the roots under all other."""
    x, y, z = look.places.T
    line = edge(np.arctan2(x, z + 0.05), hair)
    table = person.dice("scalp").lattice(64, 64)
    grown = ramp(y - line + 0.05 * noise(table, x * 22, y * 22), -0.05, 0.16)
    dense = person.dice("shave").between(-0.25, 0.55) if hair.kind == "shaved" else 0.5
    colours = person.colours
    shade = np.minimum(mix(look.colour * 0.45, colours.hair, 0.45), look.colour) * (1 + 0.8 * colours.grey)
    tint(look, max(0.0, dense) * grown, shade)
