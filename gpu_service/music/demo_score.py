"""Who plays when in the demo track (`specs/demo_track.md` §2–3): six stereo buses before mixing."""

import numpy as np

from gpu_service.music import demo_instruments as play
from gpu_service.music.demo_instruments import BAR, BEAT, CRASH_BARS, KICK_ROOTS, RATE

BARS = 16
SIXTEENTH = BEAT / 4
TAIL_SECONDS = 2.0
BUSES = ("kick", "drums", "bass", "pad", "lead", "fx")
CHORDS = ((57, 60, 64, 71), (53, 57, 60, 67), (55, 60, 64, 67), (55, 59, 62, 69))
MOTIF = (
    *((0, 76, 0.75), (0.75, 72, 0.75), (1.5, 74, 0.5), (2, 76, 1), (3, 79, 0.5), (3.5, 76, 0.5)),
    *((4, 77, 0.75), (4.75, 76, 0.75), (5.5, 72, 0.5), (6, 74, 1.5), (7.5, 71, 0.5)),
)
BASS_LINE = "x..x..x.x..x.xo."
HAT_ACCENTS = (0.30, 0.14, 0.22, 0.14)
BEAT_BARS = (*range(7), *range(10, 16))
GROOVE_BARS = (*range(2, 7), *range(10, 16))
OPEN_HAT_BARS = (*range(4, 7), *range(10, 16))
DROP_BARS = range(10, 16)


class Desk:
    """Six buses to lay notes on."""

    def __init__(self) -> None:
        length = round((BARS * BAR + TAIL_SECONDS) * RATE)
        self.buses = {name: np.zeros((length, 2)) for name in BUSES}

    def add(self, bus: str, note: np.ndarray, *, at: float, gain: float, pan: float | None = 0.5) -> None:
        """Lay a note at `at` seconds. `pan` 0 … 1 from left to right; None for a note that is stereo itself."""
        start = round(RATE * at)
        line = self.buses[bus]
        if pan is not None:
            note = note[:, None] * (np.sqrt(2) * np.array([np.cos(pan * np.pi / 2), np.sin(pan * np.pi / 2)]))
        end = min(start + len(note), len(line))
        line[start:end] += gain * note[: end - start]


def perform() -> tuple[dict[str, np.ndarray], np.ndarray]:
    """All buses [n, 2], and the noise that the reverb is made of [m, 2]."""
    noises, desk = play.Noises(), Desk()
    _drums(desk, noises)
    _effects(desk, noises)
    _harmony(desk)
    _melody(desk)
    play.forget_notes()
    return desk.buses, noises.reverb


def kick_times() -> list[float]:
    return [bar * BAR + beat * BEAT for bar in BEAT_BARS for beat in range(4)]


def _drums(desk: Desk, noises: play.Noises) -> None:
    kicks = {root: play.kick(noise, root) for root, noise in noises.kick.items()}
    clap = play.clap(noises.clap)
    closed, opened = play.hat(noises.closed_hat, ring_seconds=0.016), play.hat(noises.open_hat, ring_seconds=0.08)
    for bar in BEAT_BARS:
        for beat in range(4):
            desk.add("kick", kicks[KICK_ROOTS[bar % 4]], at=bar * BAR + beat * BEAT, gain=0.78)
    for bar in GROOVE_BARS:
        for beat in (1, 3):
            desk.add("drums", clap, at=bar * BAR + beat * BEAT, gain=0.55, pan=0.48)
    for bar in (*range(1, 8), *DROP_BARS):
        for step in range(8 if bar == 7 else 16):
            desk.add("drums", closed, at=bar * BAR + step * SIXTEENTH, gain=HAT_ACCENTS[step % 4], pan=0.62)
    for bar in OPEN_HAT_BARS:
        for beat in range(4):
            desk.add("drums", opened, at=bar * BAR + beat * BEAT + 2 * SIXTEENTH, gain=0.17, pan=0.40)
    for i in range(8):
        desk.add("drums", clap, at=6 * BAR + i * BEAT / 2, gain=0.14 + 0.02 * i)
    for i in range(15):
        desk.add("drums", clap, at=7 * BAR + i * SIXTEENTH, gain=0.28 + 0.018 * i)


def _effects(desk: Desk, noises: play.Noises) -> None:
    desk.add("fx", play.riser(noises.riser[2]), at=6 * BAR, gain=0.34)
    desk.add("fx", play.riser(noises.riser[1]), at=9 * BAR, gain=0.26)
    for bar in CRASH_BARS:
        desk.add("fx", play.crash(noises.crash[bar]), at=bar * BAR, gain=0.22, pan=0.45)


def _harmony(desk: Desk) -> None:
    for bar in range(BARS):
        is_break = 8 <= bar < 10
        desk.add("pad", play.pad(CHORDS[bar % 4], BAR + 0.1), at=bar * BAR, gain=0.50 if is_break else 1.05, pan=None)
    for bar in GROOVE_BARS:
        for step, sign in enumerate(BASS_LINE):
            if sign != ".":
                note = KICK_ROOTS[bar % 4] + (12 if sign == "o" else 0)
                desk.add("bass", play.bass(note, 0.42 * BEAT), at=bar * BAR + step * SIXTEENTH, gain=0.36)


def _melody(desk: Desk) -> None:
    for bar in (4, 8, 10, 12, 14):
        is_break = bar == 8
        for beat, note, beats in MOTIF:
            at, seconds = bar * BAR + beat * BEAT, beats * BEAT
            desk.add("lead", play.lead(note - 12 * is_break, seconds), at=at, gain=0.20 if is_break else 0.34)
            if bar >= 12:
                desk.add("lead", play.lead(note + 12, seconds), at=at, gain=0.13, pan=0.62)
    for bar in DROP_BARS:
        chord = CHORDS[bar % 4]
        for step in range(16):
            note = chord[(0, 2, 1, 3)[step % 4]] + (24 if step % 8 >= 4 else 12)
            pan = 0.12 if step % 2 == 0 else 0.88
            desk.add("lead", play.lead(note, 0.20 * BEAT), at=bar * BAR + step * SIXTEENTH, gain=0.13, pan=pan)
