"""Words by which a MIDI file of this studio knows itself again: in texts of its first track, and before each note."""

OURS = "Phosphene 1"
MOMENT, SPAN = "moment", "span"
CUES = (f"{MOMENT} ", f"{SPAN} ")
MARKER, FILL = "marker", "fill"
