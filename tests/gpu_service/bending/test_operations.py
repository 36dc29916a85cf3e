"""Each operation against the same thing worked out with NumPy and SciPy."""

import colorsys
from typing import get_args

import numpy as np
import pytest
import torch
from scipy import ndimage

from gpu_service.bending.chain import OPERATIONS
from gpu_service.bending.how import How
from gpu_service.bending.warps import swirl_flow
from gpu_service.protocol.bends import BendSpec, Operation

SIDE = 24
STRENGTHS = (0.3, 1.0)


def pictures(side: int = SIDE, count: int = 2) -> np.ndarray:
    return np.random.default_rng(5).normal(size=(count, 3, side, side)).astype(np.float32)


def bent(operation: str, maps: np.ndarray, strengths=STRENGTHS, *, depth: int = 4, flow=None, **more) -> np.ndarray:
    """What our operation makes of them."""
    bend = BendSpec(id="a", operation=operation, **more)
    how = How(bend, depth, None if flow is None else torch.from_numpy(flow))
    return OPERATIONS[operation](torch.from_numpy(maps), torch.tensor(strengths), how).numpy()


def read_at(maps: np.ndarray, down: np.ndarray, across: np.ndarray, mode: str) -> np.ndarray:
    """Bilinear readings of [3, H, W] at those pixel coordinates."""
    return np.stack([ndimage.map_coordinates(each, [down, across], order=1, mode=mode) for each in maps])


def turned(matrix: np.ndarray, side: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    """Pixel coordinates of matrix · (x, y, 1) about the middle, x and y in pixels."""
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    across, down = (row[0] * x + row[1] * y + row[2] for row in matrix)
    return down + (side - 1) / 2, across + (side - 1) / 2


def matrix_of(operation: str, s: float) -> list[list[float]]:
    """What the formulas of AIART say of one strength, at 64 px of 512."""
    zoom = 1 - s * (1 - 0.85)
    angle, lean = np.radians(20 * s), np.tan(np.radians(50 * s))
    return {
        "zoom": [[zoom, 0, 0], [0, zoom, 0]],
        "translate": [[1, 0, s * 15 / 64 * SIDE], [0, 1, 0]],
        "rotate": [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0]],
        "shear": [[1, lean, 0], [0, 1, 0]],
    }[operation]


@pytest.mark.parametrize("operation", ["zoom", "translate", "rotate", "shear"])
@pytest.mark.parametrize(("edges", "mode"), [("mirror", "reflect"), ("edge", "nearest"), ("black", "grid-constant")])
def test_moves_read_where_the_formula_says(operation, edges, mode):
    maps = pictures()
    made = bent(operation, maps, edges=edges)
    for each, given, s in zip(made, maps, STRENGTHS, strict=True):
        wanted = read_at(given, *turned(np.array(matrix_of(operation, s))), mode=mode)
        np.testing.assert_allclose(each, wanted, atol=2e-4)


@pytest.mark.parametrize(("depth", "leaves"), list(enumerate([0.80, 0.80, 0.80, 0.85, 0.85, 0.90, 0.90, 0.95])))
def test_a_zoom_goes_in_less_in_fine_blocks(depth, leaves):
    ramp = np.tile(np.arange(SIDE, dtype=np.float32), (1, 3, SIDE, 1))
    row = bent("zoom", ramp, [1.0], depth=depth)[0, 0, 0]
    assert row[12] - row[11] == pytest.approx(leaves, abs=1e-4)


def test_a_faithful_translation_is_whole_pixels_to_the_left():
    maps = pictures(side=32)
    made = bent("translate", maps, [0.5, 1.0], faithful=True, edges="black")
    for each, given, moved in zip(made, maps, [7, 15], strict=True):
        np.testing.assert_allclose(each[:, :, : 32 - moved], given[:, :, moved:], atol=1e-4)
        np.testing.assert_allclose(each[:, :, 32 - moved :], 0, atol=1e-4)


def test_a_translation_along_the_other_axis():
    maps = pictures()
    down = bent("translate", maps, axis="y")
    np.testing.assert_allclose(down.swapaxes(2, 3), bent("translate", maps.swapaxes(2, 3).copy()), atol=1e-6)


@pytest.mark.parametrize(("strength", "faithful", "sigma"), [(0.5, False, 2.0), (0.5, True, 2.0), (0.0, True, 1.0)])
def test_blur(strength, faithful, sigma):
    maps = pictures()
    made = bent("blur", maps, [strength] * 2, faithful=faithful, size=9)
    wanted = ndimage.gaussian_filter(maps, (0, 0, sigma, sigma), mode="mirror", radius=(0, 0, 4, 4))
    np.testing.assert_allclose(made, wanted, atol=1e-5)


def test_blend_fades_to_white():
    maps = pictures()
    s = np.array(STRENGTHS, np.float32)[:, None, None, None]
    np.testing.assert_allclose(bent("blend", maps), (1 - s) * maps + s, atol=1e-6)


@pytest.mark.parametrize("turn", [-0.7, -0.25, 0.1, 0.5, 1.0])
def test_hue(turn):
    maps = np.random.default_rng(2).uniform(0, 1, (1, 3, 8, 8)).astype(np.float32)
    made = bent("hue", maps, [turn])

    def one(r: float, g: float, b: float) -> tuple[float, float, float]:
        h, s, v = colorsys.rgb_to_hsv(r, g, b)
        return colorsys.hsv_to_rgb((h + turn) % 1, s, v)

    wanted = np.array([one(*colour) for colour in maps[0].reshape(3, -1).T]).T.reshape(3, 8, 8)
    np.testing.assert_allclose(made[0], wanted, atol=1e-5)


def test_hue_of_values_outside_the_screen_keeps_the_highest_and_the_lowest():
    maps = pictures() * 5
    made = bent("hue", maps)
    np.testing.assert_allclose(made.max(axis=1), maps.max(axis=1), atol=1e-5)
    np.testing.assert_allclose(made.min(axis=1), maps.min(axis=1), atol=1e-5)
    grey = np.full((1, 3, 4, 4), -2.0, np.float32)
    np.testing.assert_array_equal(bent("hue", grey, [0.3]), grey)


@pytest.mark.parametrize("side", [16, 33])
def test_swirl(side):
    maps = pictures(side=side)
    line = np.linspace(-10 * np.pi, 10 * np.pi, side)
    x, y = np.meshgrid(line, line)
    radius = np.maximum(np.sqrt(x**2 + y**2), 1e-3)
    made = bent("swirl", maps)
    for each, given, s in zip(made, maps, STRENGTHS, strict=True):
        scale = 40 * s * side / 512
        down = np.mgrid[:side, :side][0] - scale * np.cos(np.pi * y)
        across = np.mgrid[:side, :side][1] - scale * np.sin(0.4 * radius) * np.log(2 * radius)
        np.testing.assert_allclose(each, read_at(given, down, across, "nearest"), atol=3e-4)


def test_the_middle_of_a_swirl_is_a_number():
    flow = swirl_flow(33, 33, torch.device("cpu"))
    assert torch.isfinite(flow).all()
    assert abs(float(flow[1, 16, 16])) < 0.01


def test_displacement_reads_against_the_flow():
    maps = pictures()
    flow = np.random.default_rng(1).uniform(-5, 5, (2, 2, SIDE, SIDE)).astype(np.float32)
    made = bent("displacement", maps, flow=flow)
    y, x = np.mgrid[:SIDE, :SIDE]
    for number, s in enumerate(STRENGTHS):
        wanted = read_at(maps[number], y - s * flow[number, 0], x - s * flow[number, 1], "nearest")
        np.testing.assert_allclose(made[number], wanted, atol=2e-4)


def slope(plane: np.ndarray) -> np.ndarray:
    """Its length, by Sobel's filters."""
    return np.hypot(ndimage.sobel(plane, 0, mode="nearest"), ndimage.sobel(plane, 1, mode="nearest")) / 8


@pytest.mark.parametrize(
    ("operation", "whole"),
    [
        ("flip-h", lambda x: x[..., ::-1]),
        ("flip-v", lambda x: x[..., ::-1, :]),
        ("invert", lambda x: -x),
        ("multiply", lambda x: 2 * x),
        ("ablate", lambda x: 0 * x),
        ("threshold", lambda x: (x > 0.5).astype(np.float32)),
        ("dilate", lambda x: ndimage.maximum_filter(x, (1, 1, 5, 5), mode="nearest")),
        ("erode", lambda x: ndimage.minimum_filter(x, (1, 1, 5, 5), mode="nearest")),
        ("edge", lambda x: np.array([[slope(plane) for plane in each] for each in x])),
    ],
)
def test_what_fades_to_something_else(operation, whole):
    maps = pictures()
    s = np.array(STRENGTHS, np.float32)[:, None, None, None]
    made = bent(operation, maps, size=5)
    np.testing.assert_allclose(made, (1 - s) * maps + s * whole(maps), atol=1e-5)


def test_every_operation_that_a_bend_may_name_is_there():
    assert set(OPERATIONS) == set(get_args(Operation))
