"""Jobs on a whole scene beside its film: its curves as one file, and the film that shows them beside the picture.

Their inputs are those of the scene's preview, by the same roles. Both hand in a FilesResult.
"""

from pydantic import Field

from gpu_service.protocol.base import Model
from gpu_service.protocol.scenes import SceneSpec

# Goes up when a signal is made otherwise: curves that are kept from before are then made anew.
SIGNALS_VERSION = 2


class CurvesOrder(Model):
    """Job scene_curves: every signal and route by its name, in the packed form of `gpu_service.music.packed`.

    Hands in {"curves"}, at most `points_per_second` of each.
    """

    scene: SceneSpec
    points_per_second: float = Field(default=120.0, gt=0, le=1000)
    signals_version: int = SIGNALS_VERSION


class DebugFilmOrder(Model):
    """Job debug_film: frames `first_frame` … `end_frame` - 1 beside plots of all signals, with the sound. {"film"}"""

    scene: SceneSpec
    first_frame: int = Field(ge=0)
    end_frame: int = Field(ge=1)
