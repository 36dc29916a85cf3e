"""The head: slices of a skull stacked from crown to chin, with the features modelled into its front."""

import numpy as np

from gpu_service.portraits.beard import Beard, growth
from gpu_service.portraits.mesh import Grid, normals_of
from gpu_service.portraits.mouth import mouth_line
from gpu_service.portraits.person import Face
from gpu_service.portraits.shapes import Array, bump, curve, ramp

ROWS, COLUMNS = 128, 140
TOP, CHIN = 1.0, -1.03


def head(face: Face, beard: Beard) -> Grid:
    """The bare head with nose, sockets, lips and cheeks; hair, eyes and colours come later."""
    phase = np.linspace(0, np.pi, ROWS)
    y = (TOP + CHIN) / 2 + (TOP - CHIN) / 2 * (0.78 * np.cos(phase) + 0.22 * (1 - 2 * phase / np.pi))
    y[0], y[-1] = TOP, CHIN
    step = np.linspace(-1, 1, COLUMNS)
    theta = 2.35 * (0.62 * step + 0.38 * step**3)  # denser at the front
    points = loft(y.astype(np.float32), theta.astype(np.float32), face)
    points[..., 2] += _features(points[..., 0], points[..., 1], face) * ramp(points[..., 2], 0.0, 0.25)
    if beard.length > 0:
        x, y_all, z = np.moveaxis(points, 2, 0)
        grown = beard.length * growth(x, y_all, z, beard, face)
        points = points + grown[..., None] * normals_of(points) * np.array([0.7, 1.0, 0.6], np.float32)
    return Grid(points.astype(np.float32), np.zeros((*points.shape[:2], 0), np.float32))


def loft(y: Array, theta: Array, face: Face, *, out: Array | float = 0.0) -> Array:
    """Points of the skull at heights and angles (0 is the front), pushed outwards, [rows, columns, 3]."""
    half, front, back, middle = profile(y, face)
    sine, cosine = np.abs(np.sin(theta))[None], np.cos(theta)[None]
    ahead = np.maximum(front - middle, 1e-3)[:, None]
    behind = np.maximum(middle - back, 1e-3)[:, None]
    depth = np.where(cosine > 0, ahead, behind)
    # The front of a face is flatter than an ellipse, the back of the head is not.
    power = np.where(cosine > 0, 2.25, 2.0)
    wide = np.maximum(half, 1e-3)[:, None]
    radius = ((sine / wide) ** power + (np.abs(cosine) / depth) ** power) ** (-1 / power) + out
    x = radius * np.sin(theta)[None]
    z = radius * cosine + middle[:, None]
    return np.stack([x, np.broadcast_to(y[:, None], x.shape), z], axis=2).astype(np.float32)


def profile(y: Array, face: Face) -> tuple[Array, Array, Array, Array]:
    """Half width, front, back and middle of the slice at each height."""
    jaw, full, chin = face.jaw, face.full, face.chin
    lean = 0.025 * full
    half = face.width * curve(
        y,
        [
            (1.0, 0.0), (0.985, 0.14), (0.94, 0.285), (0.86, 0.42), (0.74, 0.545),
            (0.55, 0.64 + 0.7 * face.forehead), (0.3, 0.70 + 0.5 * face.forehead), (0.0, 0.705),
            (-0.25, 0.672 + 0.6 * lean), (-0.45, 0.615 + lean + 0.5 * jaw), (-0.62, 0.545 + 1.3 * lean + jaw),
            (-0.78, 0.435 + 1.4 * lean + jaw), (-0.9, 0.325 + lean + 0.8 * jaw + chin),
            (-0.975, 0.215 + 0.5 * lean + 0.5 * jaw + chin), (-1.03, 0.0),
        ],
    )  # fmt: skip
    front = curve(
        y,
        [
            (1.0, -0.1), (0.98, 0.1), (0.93, 0.26), (0.84, 0.42), (0.72, 0.545), (0.55, 0.655), (0.35, 0.72),
            (0.15, 0.745), (0.0, 0.725), (-0.2, 0.735), (-0.45, 0.74), (-0.64, 0.74), (-0.8, 0.71),
            (-0.92, 0.70), (-0.99, 0.62), (-1.03, 0.5),
        ],
    )  # fmt: skip
    back = curve(
        y,
        [
            (1.0, -0.1), (0.98, -0.36), (0.93, -0.55), (0.84, -0.72), (0.65, -0.92), (0.35, -1.03), (0.0, -0.98),
            (-0.3, -0.82), (-0.55, -0.5), (-0.75, -0.18), (-0.9, 0.12), (-1.03, 0.45),
        ],
    )  # fmt: skip
    middle = curve(y, [(1.0, -0.1), (0.3, -0.08), (-0.3, -0.05), (-0.6, 0.02), (-0.85, 0.22), (-1.03, 0.47)])
    return half, front, back, middle


def _features(x: Array, y: Array, face: Face) -> Array:
    """How far the front stands out from the plain skull."""
    side = np.abs(x)
    return _eyes_and_brows(side, y, face) + _nose(x, side, y, face) + _mouth(x, y, face) + _cheeks(side, y, face)


def _eyes_and_brows(side: Array, y: Array, face: Face) -> Array:
    gap = face.eye_gap
    out = face.brow_ridge * bump(side, y, at=(0.27, face.brow_height - 0.02), size=(0.22, 0.075))
    out -= (0.088 + face.eye_depth) * bump(side, y, at=(gap - 0.02, 0.0), size=(0.17, 0.115))
    out -= 0.045 * bump(side, y, at=(0.125, 0.02), size=(0.06, 0.1))
    out += 0.062 * bump(side, y, at=(gap, -0.004), size=(0.118, 0.082))
    out -= (0.008 + 0.02 * face.age) * bump(side, y, at=(gap - 0.04, -0.125), size=(0.13, 0.035))
    out += 0.014 * bump(side, y, at=(0.0, 0.45), size=(0.4, 0.2))
    return out - 0.035 * bump(side, y, at=(0.62, 0.22), size=(0.12, 0.25))


def _nose(x: Array, side: Array, y: Array, face: Face) -> Array:
    end, wide = -face.nose_length, face.nose_width
    height = face.nose_out * curve(
        y,
        [
            (0.22, 0.0), (0.06, face.nose_bridge / face.nose_out * 0.75), (0.45 * end, 0.58), (0.8 * end, 0.92),
            (0.9 * end, 1.0), (end, 0.8),
            (end - 0.05, 0.3), (end - 0.10, 0.03), (end - 0.16, 0.0),
        ],
    )  # fmt: skip
    spread = curve(y, [(0.2, 0.13), (0.03, 0.075), (0.5 * end, 0.088), (0.85 * end, 0.10), (end, 0.09)])
    out = height * np.exp(-((x / spread) ** 2))
    out += 0.05 * bump(x, y, at=(0, 0.88 * end), size=(0.085, 0.075))
    out += 0.105 * bump(side, y, at=(wide, end + 0.035), size=(0.052, 0.058))
    out -= 0.028 * bump(side, y, at=(wide + 0.055, end + 0.05), size=(0.03, 0.06))
    return out - 0.05 * bump(side, y, at=(0.055, end - 0.012), size=(0.034, 0.022))


def _mouth(x: Array, y: Array, face: Face) -> Array:
    side, wide, lips = np.abs(x), face.mouth_width, face.lips
    level = y - mouth_line(x, face)
    gap = 0.035 * face.open
    out = 0.045 * bump(x, y, at=(0, -0.63), size=(0.24, 0.18))
    out += 0.036 * lips * bump(side, level, at=(0.035, 0.042 + gap / 2), size=(0.62 * wide, 0.034))
    out += 0.05 * lips * bump(x, level, at=(0, -0.05 - gap / 2), size=(0.58 * wide, 0.04))
    out -= (0.034 + 0.4 * gap) * bump(x, level, at=(0, 0), size=(0.95 * wide, 0.013 + 0.6 * gap))
    out -= 0.03 * bump(side, level, at=(wide + 0.012, -0.005), size=(0.035, 0.04))
    out -= 0.014 * bump(x, y, at=(0, -0.54), size=(0.026, 0.05))
    out -= 0.034 * bump(x, y, at=(0, -0.785), size=(0.17, 0.042))
    return out + (0.05 + 0.6 * face.chin) * bump(x, y, at=(0, -0.91), size=(0.15 + 0.04 * face.masculine, 0.085))


def _cheeks(side: Array, y: Array, face: Face) -> Array:
    lift = 0.03 * max(face.smile, 0)
    out = (face.cheekbones + 0.5 * lift) * bump(side, y, at=(0.42, -0.19 + lift), size=(0.15, 0.12))
    out += 0.03 * (face.full + 0.2) * bump(side, y, at=(0.36, -0.48), size=(0.17, 0.2))
    out -= 0.03 * bump(side, y, at=(0.45, -0.47), size=(0.12, 0.16)) * (1 - face.full) / 2
    # The fold from the wing of the nose to the corner of the mouth.
    fold = side - curve(y, [(-0.42, 0.165), (-0.55, 0.225), (-0.68, 0.30), (-0.8, 0.31)])
    deep = 0.005 + 0.016 * face.age + 0.013 * max(face.smile, 0)
    along = bump(y, y, at=(-0.56, -0.56), size=(0.2, 0.2))
    out -= deep * along * np.exp(-((fold / 0.038) ** 2))
    return out + deep * along * np.exp(-(((fold - 0.07) / 0.06) ** 2))
