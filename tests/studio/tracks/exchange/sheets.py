"""Tracks as they go out, made up: for round trips and for files that are then broken."""

from hypothesis import strategies as st

from studio.tracks.exchange.rows import COLOURS, CueRow, Sheet
from studio.tracks.grid import Marker, beats_of

DURATION = 600.0
# What no format has to carry: signs that no database stores, and those by which lines are told apart.
LETTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff")
LABELS = st.text(LETTERS, max_size=30) | st.sampled_from(["", "=1+1", "'=x", "@a", "-3", "Drop", "a;b,c", 'say "so"'])
SECONDS = st.floats(0, DURATION, allow_nan=False).map(lambda value: round(value, 7))
LENGTHS = st.floats(0.01, 60).map(lambda value: round(value, 6))


@st.composite
def cues(draw: st.DrawFn, labels: st.SearchStrategy[str] = LABELS) -> list[CueRow]:
    found = []
    keys = draw(st.permutations(range(1, 9)))
    for at in range(draw(st.integers(0, 12))):
        seconds = draw(SECONDS)
        end = None if draw(st.booleans()) else seconds + draw(LENGTHS)
        key = keys[at] if at < 8 and draw(st.booleans()) else None
        found.append(CueRow(seconds, end, draw(labels), draw(st.sampled_from(COLOURS)), key))
    return sorted(found, key=lambda cue: cue.seconds)


@st.composite
def markers(draw: st.DrawFn) -> list[Marker]:
    """Up to six, some seconds apart, with bars counted through from any number."""
    seconds, bar = draw(st.floats(0, 4)), draw(st.integers(-5, 40))
    found: list[Marker] = []
    for _ in range(draw(st.integers(0, 6))):
        found.append(Marker(round(seconds, 6), round(draw(st.floats(20, 400)), 4), draw(st.integers(1, 12)), bar))
        seconds += draw(st.floats(0.5, 90))
        bar += draw(st.integers(1, 50))
    return found


def sheet(cues: list[CueRow], markers: list[Marker], *, name: str = "Undertow") -> Sheet:
    beats, downbeats = beats_of(markers, duration_seconds=DURATION) if markers else ([], [])
    return Sheet(name, f"{name}.wav", DURATION, cues, markers, beats, downbeats)


def usual(many: int = 200) -> Sheet:
    """Moments and spans over a grid of three tempos."""
    hues = [COLOURS[at % len(COLOURS)] for at in range(many)]
    rows = []
    for at in range(many):
        end = None if at % 3 else at * 2.5 + 1.0
        rows.append(CueRow(at * 2.5 + 0.25, end, f"Cue {at}, häär", hues[at], at + 1 if at < 8 else None))
    return sheet(rows, [Marker(0.5, 120.0, 4, 1), Marker(100.5, 123.456, 4, 51), Marker(300.123, 90.0, 3, 154)])
