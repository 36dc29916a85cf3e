"""From a seed and a number to a picture: the parts are built, seen, painted, lit and laid over one another."""

import numpy as np
from PIL import Image

from gpu_service.portraits.backdrop import backdrop
from gpu_service.portraits.beard import beard_of, paint_beard
from gpu_service.portraits.body import body, dress_of, paint_body
from gpu_service.portraits.ears import ear
from gpu_service.portraits.eyes import paint_eyes
from gpu_service.portraits.glasses import lay_glasses
from gpu_service.portraits.hair import COLUMNS, bun, cover, lit_hair, paint_hair, paint_scalp, shell
from gpu_service.portraits.head import head
from gpu_service.portraits.light import FAR, Shade, film, lit, shade_of
from gpu_service.portraits.look import Look, joined
from gpu_service.portraits.mesh import Grid
from gpu_service.portraits.person import meet
from gpu_service.portraits.shapes import Array
from gpu_service.portraits.skin import paint_skin
from gpu_service.portraits.stage import Stage, stage_of
from gpu_service.portraits.styles import Hair, hair_of

SMALL_PX = 64
EAR_TINT = np.array([1.02, 0.93, 0.90], np.float32)
INNER_TOP = 0.5  # above this the head hides the inner side of the hair
THIN = 0.06  # hair that stands off further shows its inner side


def portrait(seed: int, index: int, *, size_px: int) -> Image.Image:
    """The portrait of that number, RGB. Another size is the same portrait with more or less detail."""
    finer = 3 if size_px <= SMALL_PX else 2
    stage = stage_of(meet(seed, index), size_px * finer)
    light = film(_downsized(_scene(stage), finer))
    return Image.fromarray(np.round(light * 255).astype(np.uint8), "RGB")


def _downsized(light: Array, finer: int) -> Array:
    size = light.shape[0] // finer
    # Highlights are compressed before they are averaged, or edges against bright light would be jagged.
    squeezed = light / (1 + light)
    mean = squeezed.reshape(size, finer, size, finer, 3).mean(axis=(1, 3))
    return np.asarray(mean / (1 - mean))


def _scene(stage: Stage) -> Array:
    """Linear light, [size, size, 3]."""
    size, light, hair = stage.camera.size_px, stage.light, hair_of(stage.person)
    solid = _solid(stage, hair)
    depth = np.full(size * size, FAR, np.float32)
    depth[solid.pixels] = solid.depth
    grid = shell(hair, stage.person) if hair.kind != "shaved" else None
    front, share = _front_hair(stage, hair, grid, depth) if grid else (None, np.zeros(0))
    shade = shade_of(depth.reshape(size, size), light, scale=stage.camera.scale, size_px=size)
    picture = backdrop(stage.person, light.key, size).reshape(-1, 3)
    if grid and hair.side > THIN:
        _lay_inner_hair(picture, stage, hair, grid)
    if hair.bun > 0:
        knot = stage.look_at(bun(hair), stage.person.colours.hair, gloss=1, rough=0.5, soft=0)
        _lay_hair(picture, stage, hair, shade, knot, np.ones(len(knot.pixels), np.float32))
    picture[solid.pixels] = lit(solid, light, shade, scale=stage.camera.scale, size_px=size)
    if front:
        _lay_hair(picture, stage, hair, shade, front, share)
    lay_glasses(picture, stage)
    return picture.reshape(size, size, 3)


def _solid(stage: Stage, hair: Hair) -> Look:
    """Head, ears and body, painted."""
    person, skin = stage.person, stage.person.colours.skin
    beard, dress = beard_of(person), dress_of(person)
    face = stage.look_at(head(person.face, beard), skin, gloss=0.62, rough=0.57, soft=1.0)
    paint_skin(face, person, stage.turn)
    paint_scalp(face, hair, person)
    paint_beard(face, beard, person, stage.turn)
    paint_eyes(face, person, stage.turn, stage.light.key)
    ears = [
        stage.look_at(ear(person.face, side), skin * EAR_TINT, gloss=0.5, rough=0.55, soft=1.0) for side in (-1.0, 1.0)
    ]
    torso = stage.look_at_body(body(person, dress), skin, gloss=0.5, rough=0.55, soft=1.0)
    paint_body(torso, person, dress)
    return joined([torso, face, *ears], stage.camera.size_px)


def _front_hair(stage: Stage, hair: Hair, grid: Grid, depth: Array) -> tuple[Look, Array]:
    """The hair that is seen, how much of each pixel it covers; it also stands in the light of what is behind."""
    front = stage.look_at(
        grid.part(slice(None), slice(COLUMNS // 7, -COLUMNS // 7)),
        stage.person.colours.hair,
        gloss=1,
        rough=0.5,
        soft=0,
    )
    share = cover(front, hair, stage.person) * (front.depth > depth[front.pixels] - 0.03)
    thick = share > 0.5
    depth[front.pixels[thick]] = front.depth[thick]
    return front, share


def _lay_inner_hair(picture: Array, stage: Stage, hair: Hair, grid: Grid) -> None:
    """The far side of the hair, seen past the neck: almost without light."""
    low = slice(int(np.argmax(grid.points[:, 0, 1] < INNER_TOP)), None)
    inner = stage.look_at(grid.part(low, slice(None)), stage.person.colours.hair, gloss=1, rough=0.5, soft=0, back=True)
    share = cover(inner, hair, stage.person)
    paint_hair(inner, hair, stage.person, stage.turn)
    _lay(picture, inner.pixels, inner.colour * (0.5 * stage.light.sky + 0.06 * stage.light.key_colour), share)


def _lay_hair(picture: Array, stage: Stage, hair: Hair, shade: Shade, look: Look, share: Array) -> None:
    paint_hair(look, hair, stage.person, stage.turn)
    _lay(picture, look.pixels, lit_hair(look, hair, stage.light, shade, stage.turn), share)


def _lay(picture: Array, pixels: Array, light: Array, share: Array) -> None:
    picture[pixels] += (light - picture[pixels]) * share[:, None]
