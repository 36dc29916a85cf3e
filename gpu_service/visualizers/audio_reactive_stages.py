"""Stages of an audio-reactive plan: from the stems to one value per frame of all that moves.

"separation", "factors" and "heard" listen; they are keyed by the track, its stems and what listens alone, so that
another frame rate, seed or shape costs nothing of that. The rest is quick.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from gpu_service.errors import RenderError
from gpu_service.music.errors import MusicError
from gpu_service.music.reactive import segments as cuts
from gpu_service.music.reactive.chain import Pace, heard, heard_name, shape
from gpu_service.music.reactive.hearing import hear
from gpu_service.music.reactive.separation import separate, stems_of
from gpu_service.music.reactive.turning import disorder, sawtooth
from gpu_service.music.reactive.waves import Scratch
from gpu_service.protocol.signals import STEMS, Signal, SignalSet
from gpu_service.visualizers.stages import Arrays, Reading, Stage

# Two at once: a part of their work holds Python's lock.
LISTENERS = 2


def listened(value: Any) -> list[dict[str, Any]]:
    """Of a set of signals, what hears one curve: [{source, chain of one}], in a fixed order, each once."""
    return _listeners(signal for _, signal in SignalSet.model_validate(value).single())


def factored(value: Any) -> list[dict[str, Any]]:
    """Of a set of signals, what hears the weights."""
    return _listeners([SignalSet.model_validate(value).weights])


def _listeners(signals: Iterable[Signal]) -> list[dict[str, Any]]:
    found = {heard_name(one): {"source": one.source, "chain": [heard(one).model_dump(mode="json")]} for one in signals}
    return [{"name": name, **found[name]} for name in sorted(found)]


def separation(reading: Reading) -> Arrays:
    """What is kept of the mix so that its stems can be made again."""
    samples, rate = reading.mono()
    with Scratch() as scratch:
        try:
            return separate(scratch.wave(samples, rate), separator=reading["separator"], scratch=scratch)
        except MusicError as error:
            if error.retry:
                raise
            raise RenderError(str(error), kind="bad_input", field="parameters.separator") from error


def listen(reading: Reading) -> Arrays:
    """One array per name of what is heard: [n], or [rows, n]."""
    wanted = reading["signals"]
    with Scratch() as scratch, ThreadPoolExecutor(LISTENERS) as pool:
        waves = _waves(reading, sorted({one["source"] for one in wanted}), scratch)
        curves = pool.map(lambda one: hear(waves[one["source"]], one["step"]), [_read(one) for one in wanted])
        return {one["name"]: curve for one, curve in zip(wanted, curves, strict=True)}


def _read(one: dict[str, Any]) -> dict[str, Any]:
    signal = Signal.model_validate({"source": one["source"], "chain": [*one["chain"], {"do": "resample"}]})
    return {"source": signal.source, "step": heard(signal)}


def _waves(reading: Reading, sources: list[str], scratch: Scratch) -> dict[str, np.ndarray]:
    """Those stems at 22 050 Hz: uploaded ones first, then ours. RenderError names one that there is not."""
    uploaded = {stem.name for stem in reading.stems}
    waves = {name: scratch.wave(*reading.stem(name)) for name in sources if name in uploaded}
    own = [name for name in sources if name in STEMS and name not in waves]
    if own or ("mix" in sources and "mix" not in waves):
        mix = scratch.wave(*reading.mono())
        waves.setdefault("mix", mix)
        if own:
            waves |= stems_of(mix, reading.done["separation"], own, scratch=scratch)
    if missing := [name for name in sources if name not in waves]:
        there = ", ".join(["mix", *STEMS, *sorted(uploaded - {*STEMS, "mix"})])
        raise RenderError(
            f"There is no stem named “{missing[0]}”. There are: {there}.", kind="bad_input", field="parameters.signals"
        )
    return waves


def _shaped(reading: Reading, name: str) -> np.ndarray:
    """One signal of the set, one value per frame. float64 [frames], or [rows, frames]"""
    signals = SignalSet.model_validate(reading["signals"])
    signal = signals.weights if name == "weights" else dict(signals.single())[name]
    kept = reading.done["factors" if name == "weights" else "heard"]
    pace = Pace.of(signals, fps=reading.fps, frames=reading.frames)
    return np.nan_to_num(shape(signal, kept[heard_name(signal)], pace))


def segments(reading: Reading) -> Arrays:
    """energy [frames], boundaries int [S + 1]; of both sets each frame's places of seeds, the share, and the seeds."""
    fps = float(reading.fps)
    energy = _shaped(reading, "energy")
    boundaries = cuts.valleys(
        energy,
        fps=fps,
        narrowest_seconds=reading["narrowest_seconds"],
        widest_seconds=reading["widest_seconds"],
        measured_from=reading["valleys_from"],
    )
    made: dict[str, np.ndarray] = {"energy": energy, "boundaries": boundaries}
    for prefix, seconds, seed, chosen in (
        ("tempo", reading["change_seconds"], reading["seed"], reading["segment_seeds"]),
        ("other", reading["other_change_seconds"], reading["other_seed"], reading["other_seeds"]),
    ):
        plan = cuts.schedule(
            boundaries,
            reading.frames,
            length=round(seconds * fps),
            lead=round(reading["lead_seconds"] * fps),
            is_fitted=reading["change"] == "fitted",
        )
        made |= {f"{prefix}_from": plan.come_from, f"{prefix}_to": plan.go_to, f"{prefix}_share": plan.share}
        made[f"{prefix}_seeds"] = cuts.seeds_of(len(boundaries), seed=seed, chosen=chosen)
    return made


def components(reading: Reading) -> Arrays:
    """weights float32 [frames, parts], each row 1 together; seeds int [parts]."""
    weights = _shaped(reading, "weights").T
    chosen = reading["component_seeds"] or [0]
    return {"weights": weights.astype(np.float32), "seeds": np.resize(np.array(chosen, np.int64), weights.shape[1])}


def drums(reading: Reading) -> Arrays:
    """mix 0…1 [frames]: how far the second set comes in."""
    return {"mix": np.clip(_shaped(reading, "mix"), 0, 1)}


def swell(reading: Reading) -> Arrays:
    """r [frames], as the signal gives it."""
    return {"r": _shaped(reading, "swell")}


def saw(reading: Reading) -> Arrays:
    """turns [frames], not modulo 1."""
    turns = sawtooth(
        reading.done["segments"]["boundaries"],
        reading.done["swell"]["r"],
        low=reading["fewest_turns"],
        high=reading["most_turns"],
        kind=reading["saw"],
    )
    return {"turns": turns}


def displacement(reading: Reading) -> Arrays:
    """amplitude 0…1 [frames], of the greatest; disorder [frames]."""
    boundaries, turns = reading.done["segments"]["boundaries"], reading.done["saw"]["turns"]
    made = disorder(boundaries, turns, kind=reading["disorder"])
    return {"amplitude": reading.done["drums"]["mix"], "disorder": made}


def bends(reading: Reading) -> Arrays:
    """drive float32 [frames, n], 0…1, and names [n]."""
    names = [drive["name"] for drive in reading["signals"]["drives"]]
    curves = [np.clip(_shaped(reading, name), 0, 1) for name in names]
    drive = np.stack(curves, axis=1) if curves else np.zeros((reading.frames, 0))
    return {"drive": drive.astype(np.float32), "names": np.array(names, dtype="U40")}


# Seconds per frame as measured on one core at 30 frames a second.
STAGES = (
    Stage(
        "separation",
        "Stems",
        separation,
        parameters=("separator",),
        inputs=("track",),
        family="music",
        seconds_per_second=0.03,
    ),
    Stage(
        "factors",
        "Parts of the music",
        listen,
        parameters=("signals",),
        views={"signals": factored},
        inputs=("track", "stems"),
        after=("separation",),
        family="music",
        seconds_per_second=0.15,
    ),
    Stage(
        "heard",
        "Listening to the stems",
        listen,
        parameters=("signals",),
        views={"signals": listened},
        inputs=("track", "stems"),
        after=("separation",),
        family="music",
        seconds_per_second=0.03,
    ),
    Stage(
        "segments",
        "Segments",
        segments,
        parameters=(
            *("signals", "narrowest_seconds", "widest_seconds", "valleys_from", "change_seconds"),
            *("other_change_seconds", "lead_seconds", "change", "seed", "other_seed", "segment_seeds", "other_seeds"),
        ),
        inputs=("fps",),
        after=("heard",),
        seconds_per_frame=5e-5,
    ),
    Stage(
        "components",
        "Twelve weights",
        components,
        parameters=("signals", "component_seeds"),
        inputs=("fps",),
        after=("factors",),
        seconds_per_frame=1e-5,
    ),
    Stage("drums", "Drum mix", drums, parameters=("signals",), inputs=("fps",), after=("heard",)),
    Stage("swell", "Swell", swell, parameters=("signals",), inputs=("fps",), after=("heard",)),
    Stage(
        "saw",
        "Turning",
        saw,
        parameters=("saw", "fewest_turns", "most_turns"),
        after=("segments", "swell"),
    ),
    Stage("displacement", "Displacement", displacement, parameters=("disorder",), after=("segments", "saw", "drums")),
    Stage("bends", "Drives of the bends", bends, parameters=("signals",), inputs=("fps",), after=("heard",)),
)
