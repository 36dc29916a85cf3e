"""What sources of routes are called in plots: as on the page (frontend/src/scene/routes/sources.ts)."""

from typing import assert_never

from gpu_service.protocol.routes import (
    NOTES,
    BandSource,
    ChanceSource,
    ChromaSource,
    CueSource,
    CurveSource,
    DrawnSource,
    LfoSource,
    RouteSource,
    Source,
    StemSource,
    Unit,
)

CURVES = {
    "loudness": "Loudness",
    "short_term": "Slow loudness",
    "onset": "Onsets",
    "brightness": "Brightness",
    "tempo": "Tempo",
    "beat": "Beat",
    "bar": "Bar",
    "segment": "Part of the track",
}
BANDS = {"bass": "Bass", "low_mid": "Low mids", "mid": "Mids", "high_mid": "High mids", "high": "Highs"}

OWN_STEMS = {
    "drums": "Drums",
    "bass": "Bass stem",
    "vocals": "Vocals",
    "other": "Other stem",
    "harmonic": "Harmonic part",
    "percussive": "Percussive part",
}


def title_of(source: Source) -> str:
    """A few words."""
    match source:
        case CurveSource(kind=kind):
            return CURVES[kind]
        case BandSource(band=band):
            return BANDS[band]
        case StemSource(stem=stem):
            return OWN_STEMS.get(stem, f"Stem “{stem}”")
        case ChromaSource(pitch=pitch):
            return f"Note {NOTES[pitch]}"
        case CueSource(label=label):
            return f"“{label}” cues"
        case LfoSource(wave=wave, period=period, unit=unit):
            return f"{wave.capitalize()} over {_counted(period, unit)}"
        case DrawnSource():
            return "Drawn curve"
        case ChanceSource(every=every, unit=unit):
            return f"Chance every {unit[:-1] if every == 1 else _counted(every, unit)}"
        case RouteSource():
            return "Another route"
        case _:
            assert_never(source)


def _counted(count: float, unit: Unit) -> str:
    if unit == "seconds":
        return f"{count:g} s"
    return "1 beat" if count == 1 else f"{count:g} beats"
