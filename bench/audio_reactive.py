"""What audio-reactive costs over plain drawing: turning noise, its displacement and two bends at 256².

    python bench/audio_reactive.py [--rounds 5] [--way auto|plain] [--device cpu] [--json]

A random StyleGAN2 of 256 px, channel base 16384, draws frames of a click track: plainly (its own w, its own noise, to
uint8) and as the visualizer does, in turn, so that both feel the same neighbours. On the CPU the ratio is of processor
time, which neighbours hardly touch; on a GPU of seconds. Gate of issue 6: 0.8 with bends of colour, as AIART has them.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from _figures import Figure, tell

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gpu_service.settings import calm_threads, keep_compiled, read_settings

calm_threads()
keep_compiled(read_settings().data / "compiled")

import torch

from gpu_service.file_hash import file_sha256
from gpu_service.networks import fast
from gpu_service.networks.base import to_uint8
from gpu_service.networks.fast_cuda import draw_to_host
from gpu_service.networks.fresh import random_stylegan2
from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.protocol import SceneSpec, SnapshotRef, TrackRef
from gpu_service.snapshots.store import write
from gpu_service.visualizers.audio_reactive import AudioReactive
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.materials import NetworkShelf, SceneMaterials, SoundShelf
from gpu_service.visualizers.stage_cache import StageCache
from tests.gpu_service.little import write_clicks

SIDE, SECONDS, BATCH, GATE = 256, 4.0, 4, 0.8
ZOOMS = [
    {"id": "a", "operation": "zoom", "block": 4, "drive": "route"},
    {"id": "b", "operation": "rotate", "block": 6, "drive": "route"},
]
SCENES = {
    "noise, displacement, two bends of colour": {"bends": ZOOMS},
    "noise, displacement": {},
    "two bends of features": {"bends": [{**bend, "branch": "features"} for bend in ZOOMS], "noise": "const"},
}


def write_network(path: Path) -> None:
    """As training starts with it, but with some noise."""
    network = random_stylegan2(StyleGan2Config(512, 512, 0, SIDE, 2, 16384, 512, 256), seed=0)
    with torch.no_grad():
        for _, block in network._synthesis.blocks():
            for layer in block.convolutions():
                layer.noise_strength.fill_(0.1)
    write(network, path)


def plan_of(folder: Path, parameters: dict[str, object], shelf: NetworkShelf, cache: StageCache) -> Plan:
    """A click track through that network."""
    song, snapshot = folder / "clicks.wav", folder / "network.safetensors"
    files = {file_sha256(path): path for path in (song, snapshot)}
    scene = SceneSpec(
        visualizer="audio-reactive",
        parameters=parameters,
        tracks=[TrackRef(sha256=file_sha256(song), name=song.name, duration_seconds=SECONDS)],
        snapshots=[SnapshotRef(sha256=file_sha256(snapshot), name=snapshot.name)],
        width=SIDE,
        height=SIDE,
        duration_seconds=SECONDS,
    )
    materials = SceneMaterials(scene, files, networks=shelf, sounds=SoundShelf())
    return AudioReactive().prepare(scene, materials, cache=cache, report=lambda _title, _share: None)


def seconds_of(work: Callable[[], object], device: torch.device) -> float:
    """Of the processor, or on a GPU by the clock."""
    clock = time.perf_counter if device.type == "cuda" else time.process_time
    began = clock()
    work()
    return clock() - began


@torch.inference_mode()
def measure(folder: Path, *, rounds: int, device: torch.device) -> list[Figure]:
    """Frames a second of each scene, over those of plain drawing."""
    shelf, cache = NetworkShelf(device=device, budget_bytes=1 << 34), StageCache(None)
    plans = {name: plan_of(folder, parameters, shelf, cache) for name, parameters in SCENES.items()}
    network = next(iter(plans.values())).materials.network(0)
    assert isinstance(network, StyleGan2)
    w = network.mapping(torch.randn(BATCH, 512, generator=torch.Generator().manual_seed(1)))
    frames = list(range(BATCH))

    def plain() -> object:
        return draw_to_host(BATCH, lambda cut: to_uint8(network.synthesis(w[cut])), device=device)

    works = {name: (lambda plan=plan: AudioReactive().draw(plan, frames)) for name, plan in plans.items()}
    taken: dict[str, list[float]] = {name: [] for name in works}
    base: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            times = seconds_of(plain, device), seconds_of(work, device)
            if number:
                base[name].append(times[0])
                taken[name].append(times[1])
    kept = statistics.median([each for some in base.values() for each in some])
    figures = [Figure("plain drawing", kept / BATCH * 1000, "ms a frame")]
    for name, some in taken.items():
        share = statistics.median(a / b for a, b in zip(base[name], some, strict=True))
        gate = GATE if name == next(iter(SCENES)) else None
        figures.append(Figure(f"{name} ÷ plain drawing, frames a second", share, at_least=gate))
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--way", choices=["auto", "plain"], default="auto")
    parser.add_argument("--compiled", action="store_true", help="wait for the compiled steps")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    device = torch.device(options.device)
    way = fast.way_for(device, "auto", compiled=options.compiled) if options.way == "auto" else None
    if options.compiled and way is not None:
        fast.compile_steps(way.precision, device)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_clicks(folder / "clicks.wav", seconds=SECONDS)
        write_network(folder / "network.safetensors")
        with fast.drawing(way):
            figures = measure(folder, rounds=options.rounds, device=device)
    return tell("audio-reactive at 256²", figures, as_json=options.json)


if __name__ == "__main__":
    sys.exit(main())
