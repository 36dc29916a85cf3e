"""Sets of signals to begin with. “July” is AIART as it ran, its accidents included; the others say what they change."""

from collections.abc import Callable
from typing import Any

from gpu_service.protocol.signals import Drive, Signal, SignalSet


def _step(do: str, **keywords: Any) -> dict[str, Any]:
    return {"do": do, **keywords}


def _signal(source: str, *chain: dict[str, Any]) -> Signal:
    return Signal.model_validate({"source": source, "chain": list(chain)})


def _drive(name: str, source: str, *chain: dict[str, Any]) -> Drive:
    return Drive.model_validate({"name": name, "source": source, "chain": list(chain)})


def _hits(name: str, source: str, *, low_hz: float, high_hz: float, sigma: float, power: float, **peaks: Any) -> Drive:
    """A drive as the original makes them."""
    return _drive(
        name,
        source,
        _step("onset", margin=3.0, hop=128, low_hz=low_hz, high_hz=high_hz),
        _step("resample", clip=True),
        _step("gauss", sigma=sigma),
        _step("norm"),
        _step("power", exponent=power),
        _step("peaks", sigma=10.0, **peaks),
    )


def _drives_on_time(hear: Callable[[float, float], dict[str, Any]], method: str) -> list[Drive]:
    """Hits of five kinds, each abrupt in and slow out. `hear` makes the function that hears a band."""
    return [
        _drive(
            name,
            source,
            hear(low, high),
            _step("resample", method=method),
            _step("norm"),
            _step("power", exponent=1.5),
            _step("peaks", distance=3, height=0.05, radius=8, sigma=3.0, kernel="falling", is_late=False),
            _step("clip"),
        )
        for name, source, low, high in (
            ("drums", "drums", 0.0, 0.0),
            ("kick", "drums", 0.0, 150.0),
            ("hats", "drums", 5_000.0, 0.0),
            ("bass", "bass", 0.0, 400.0),
            ("melody", "other", 300.0, 4_000.0),
        )
    ]


_ENERGY = _signal("mix", _step("rms"), _step("lowpass", order=5, cutoff=1.0, rate=150.0), _step("resample", clip=True))
_MIX = _signal("drums", _step("rms"), _step("norm"), _step("resample"), _step("clip"))
_SWELL = _signal("drums", _step("rms"), _step("gauss", sigma=64.0), _step("resample"))
_TWICE = (_step("gauss", sigma=3.0), _step("rows"), _step("resample"), _step("rows"))
_DRIVES = [
    _hits(
        *("drums", "drums"),
        low_hz=0.0,
        high_hz=2_200.0,
        sigma=1.0,
        power=1.0,
        distance=20,
        prominence=0.6,
        width=2,
        height=0.1,
        radius=4,
    ),
    _hits(
        *("bass", "bass"),
        low_hz=1_000.0,
        high_hz=0.0,
        sigma=4.0,
        power=1.0,
        distance=25,
        prominence=0.2,
        width=5,
        height=0.3,
        radius=3,
    ),
    _hits(
        *("melody", "other"),
        low_hz=500.0,
        high_hz=2_000.0,
        sigma=4.0,
        power=1.2,
        distance=25,
        prominence=0.2,
        width=5,
        height=0.3,
        radius=6,
    ),
]

JULY = SignalSet(
    name="July",
    energy=_ENERGY,
    weights=_signal("mix", _step("decompose", margin=5.0, iterations=500), *_TWICE),
    mix=_MIX,
    swell=_SWELL,
    drives=_DRIVES,
)
README = JULY.model_copy(update={"name": "README"})
# Its chroma chain could not run: a list too few. It hears the melody's notes.
LAST_COMMIT = JULY.model_copy(
    update={"name": "Last commit", "weights": _signal("other", _step("chroma", margin=3.0), *_TWICE)}
)
# July without its accidents: true in time, nothing rings, parts from low to high, hits where they are heard.
ON_TIME = SignalSet(
    name="On time",
    energy=_signal("mix", _step("rms"), _step("lowpass", order=5, cutoff=0.3), _step("resample", method="exact")),
    weights=_signal(
        "mix",
        _step("decompose", margin=5.0, order="pitch"),
        _step("gauss", sigma=3.0),
        _step("resample", method="exact"),
        _step("rows"),
    ),
    mix=_signal("drums", _step("rms"), _step("resample", method="highest"), _step("norm"), _step("plateau", hold=2)),
    swell=_signal("drums", _step("rms"), _step("gauss", sigma=64.0), _step("resample", method="exact")),
    drives=_drives_on_time(
        lambda low, high: _step("onset", margin=0.0, hop=256, low_hz=low, high_hz=high), method="highest"
    ),
)
# What begins anywhere in the music brings in the second set, at once, and lets go of it slowly.
HITS = ON_TIME.model_copy(
    update={
        "name": "Hits",
        "mix": _signal(
            "mix",
            _step("onset", margin=0.0, hop=256),
            _step("resample", method="highest"),
            _step("norm"),
            _step("power", exponent=0.7),
            _step("peaks", distance=2, height=0.03, radius=10, sigma=4.0, kernel="falling", is_late=False),
            _step("clip"),
        ),
    }
)
# The same, but all that hits begins in the frame nearest to its attack.
NEAREST = HITS.model_copy(
    update={
        "name": "Nearest",
        "mix": _signal(
            "mix",
            _step("hits"),
            _step("resample", method="nearest"),
            *(step.model_dump(mode="json") for step in HITS.mix.chain[2:]),
        ),
        "drives": _drives_on_time(lambda low, high: _step("hits", low_hz=low, high_hz=high), method="nearest"),
    }
)
SIGNAL_SETS = {
    "hits": HITS,
    "july": JULY,
    "readme": README,
    "last-commit": LAST_COMMIT,
    "on-time": ON_TIME,
    "nearest": NEAREST,
}
