"""What to mend while the sitter is still there: no face, lost focus, bad light, no room."""

from collections import deque
from statistics import median

from capture_agent.protocol import Measures, Warning
from capture_agent.shots import Room

LOOK_BACK = 3
SOFTER = 0.6  # of the sitting's first sharpness
SOFTEST = 25.0  # visibly blurred portraits have less than 35
DARKEST, BRIGHTEST = 12.0, 85.0
MOST_CLIPPED = 25.0  # percent of the pixels


class Advice:
    """Judges the last three photographs of a sitting; the first three (or the accepted test shot) say what is sharp."""

    def __init__(self) -> None:
        self._last: deque[Measures] = deque(maxlen=LOOK_BACK)
        self._faces: deque[int] = deque(maxlen=LOOK_BACK)
        self._first: list[float] = []
        self._sharp: float | None = None

    def begin(self, accepted: Measures | None) -> None:
        """A new sitting."""
        self._last.clear()
        self._faces.clear()
        self._first.clear()
        self._sharp = accepted.sharpness if accepted else None

    def add(self, measures: Measures) -> None:
        self._last.append(measures)
        if measures.faces is not None:
            self._faces.append(measures.faces)
        if self._sharp is None:
            self._first.append(measures.sharpness)
            if len(self._first) == LOOK_BACK:
                self._sharp = median(self._first)

    def warnings(self) -> list[Warning]:
        found = [self._about_faces(), self._about_focus(), self._about_light()]
        return [Warning(kind=kind, sentence=sentence) for kind, sentence in found if sentence]

    def _about_faces(self) -> tuple[str, str]:
        is_lost = len(self._faces) == LOOK_BACK and not any(self._faces)
        return "face", f"No face in the last {LOOK_BACK} photographs looked at." if is_lost else ""

    def _about_focus(self) -> tuple[str, str]:
        if len(self._last) < LOOK_BACK:
            return "focus", ""
        now = median(each.sharpness for each in self._last)
        if self._sharp is not None and now < SOFTER * self._sharp:
            return (
                "focus",
                f"Much less sharp than at the beginning ({now:.0f} against {self._sharp:.0f}): check the focus.",
            )
        return "focus", f"Hardly anything is sharp ({now:.0f} of 100): check the focus." if now < SOFTEST else ""

    def _about_light(self) -> tuple[str, str]:
        if not self._last:
            return "light", ""
        light = median(each.brightness for each in self._last)
        clipped = median(each.clipped for each in self._last)
        if light < DARKEST:
            return "light", f"Very dark ({light:.0f} of 100): more light, a longer shutter or a higher ISO."
        if light > BRIGHTEST:
            return "light", f"Very bright ({light:.0f} of 100): a shorter shutter or a lower ISO."
        lost = f"{clipped:.0f} % of the picture is plain black or white."
        return "light", lost if clipped > MOST_CLIPPED else ""


def about_room(room: Room, left: int) -> Warning | None:
    """What the disk still takes, when that is less than what is wanted."""
    if room.is_full:
        sentence = "The disk is full up to its floor: no photograph is taken until the studio has fetched some."
        return Warning(kind="space", sentence=sentence)
    if room.shots_left < left:
        return Warning(kind="space", sentence=f"There is room for about {room.shots_left} photographs, not for {left}.")
    return None
