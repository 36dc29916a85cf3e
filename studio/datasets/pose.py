"""How a head is held, from the points of its face."""

import math

from studio.datasets.faces import Face

# The nose's tip stands out from the plane of the eyes by about this share of their distance (63 mm and 28 mm).
NOSE_DEPTH = 0.45


def roll_and_yaw(face: Face, *, width_px: float, height_px: float) -> tuple[float | None, float | None]:
    """Degrees. Roll: counter-clockwise is positive. Yaw: turned to the picture's right is positive. None: no points.

    Roll is the angle of the line through the eyes. Yaw takes the head as rigid: turned by θ, the nose stands beside the
    middle of the eyes by depth · tan θ, measured in distances of the eyes as they are seen.
    """
    if face.points is None or face.points[0] is None or face.points[1] is None:
        return None, None
    left, right = (complex(x * width_px, y * height_px) for x, y in (face.points[0], face.points[1]))
    across = right - left
    if not across:
        return None, None
    roll = -math.degrees(math.atan2(across.imag, across.real))
    if face.points[2] is None:
        return roll, None
    nose = complex(face.points[2][0] * width_px, face.points[2][1] * height_px)
    aside = ((nose - (left + right) / 2) / across).real
    return roll, math.degrees(math.atan(aside / NOSE_DEPTH))
