"""Where everything stands: the camera, the turned head on its neck, the lamps."""

from dataclasses import dataclass

import numpy as np

from gpu_service.portraits.light import Light, light_of
from gpu_service.portraits.look import Look, look_of
from gpu_service.portraits.mesh import Camera, Grid, see
from gpu_service.portraits.person import Person, Pose
from gpu_service.portraits.shapes import Array

EYES_HEIGHT = 0.44  # from the picture's top
EYE_POINT = np.array([0, 0, 0.68], np.float32)
NECK_POINT = np.array([0, -0.6, -0.15], np.float32)


@dataclass(frozen=True)
class Stage:
    """`turn` matrices lead from a part's own frame to the camera's, whose origin lies at `centre` (turned)."""

    person: Person
    camera: Camera
    light: Light
    turn: Array
    centre: Array
    body_turn: Array
    body_centre: Array

    def look_at(
        self, grid: Grid, colour: Array, *, gloss: float, rough: float, soft: float, back: bool = False
    ) -> Look:
        """A part of the head as the camera sees it."""
        seen = see(grid, self.turn, self.camera, self.centre, back=back)
        return look_of(seen, colour, gloss=gloss, rough=rough, soft=soft)

    def look_at_body(self, grid: Grid, colour: Array, *, gloss: float, rough: float, soft: float) -> Look:
        seen = see(grid, self.body_turn, self.camera, self.body_centre)
        return look_of(seen, colour, gloss=gloss, rough=rough, soft=soft)


def stage_of(person: Person, size_px: int) -> Stage:
    pose = person.pose
    turn, body_turn = head_turn(pose), _about_y(pose.body_yaw)
    # The head nods about the neck, and the picture is cut around the eyes.
    body_centre = body_turn @ NECK_POINT + turn @ (EYE_POINT - NECK_POINT)
    camera = Camera((0.5 + pose.shift[0], EYES_HEIGHT + pose.shift[1]), pose.scale, size_px)
    return Stage(person, camera, light_of(person), turn, turn @ EYE_POINT, body_turn, body_centre)


def head_turn(pose: Pose) -> Array:
    """Head frame to camera frame, [3, 3]."""
    pitch, roll = np.radians(pose.pitch), np.radians(pose.roll)
    about_x = [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    about_z = [[np.cos(roll), np.sin(roll), 0], [-np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
    return (np.array(about_z) @ np.array(about_x) @ _about_y(pose.yaw)).astype(np.float32)


def _about_y(degrees: float) -> Array:
    a = np.radians(degrees)
    return np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]], np.float32)
