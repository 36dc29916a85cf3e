"""How fast pattern networks draw on the CPU: frames per second for each species, size and quality.

    python bench/cppn.py [--json] [--species smoke,silk] [--threads 2]

Baseline of the ratios: the film's drawing at the same size. Each figure is the median of several rounds in one run,
preview and film in turn, so that both feel the same neighbours. Smoke at 256², preview, is the demo's (gate: 24).
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

import torch
from _figures import Figure, tell

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gpu_service.networks.base import Quality, to_uint8
from gpu_service.networks.cppn import Cppn, make_cppn
from gpu_service.networks.cppn_species import SPECIES

SIZES = {"256²": (256, 256), "512²": (512, 512), "1280×720": (720, 1280)}
QUALITIES: tuple[Quality, ...] = ("preview", "film")
ROUNDS = 5
DEMO_GATE = 24


def seconds_per_frame(network: Cppn, w: torch.Tensor, *, size: tuple[int, int], quality: Quality) -> float:
    """Draw one frame to uint8, as a visualizer does."""
    start = time.perf_counter()
    to_uint8(network.synthesis(w, size=size, quality=quality))
    return time.perf_counter() - start


@torch.inference_mode()
def measure(species: str, *, size: tuple[int, int]) -> dict[str, float]:
    """Frames per second by quality."""
    network = make_cppn(species, seed=0)
    w = network.mapping(torch.randn(1, network.z_dim, generator=torch.Generator().manual_seed(0)))
    taken: dict[str, list[float]] = {quality: [] for quality in QUALITIES}
    for _ in range(ROUNDS + 1):
        for quality in QUALITIES:
            taken[quality].append(seconds_per_frame(network, w, size=size, quality=quality))
    return {quality: 1 / statistics.median(rounds[1:]) for quality, rounds in taken.items()}


def print_table(table: dict[str, dict[str, dict[str, float]]]) -> None:
    """Frames per second by species, size and quality."""
    print(f"{'species':9}" + "".join(f"{name:>24}" for name in SIZES))
    print(f"{'':9}" + "preview    film   ratio".rjust(24) * len(SIZES))
    for species, row in table.items():
        cells = (f"{f['preview']:.1f} {f['film']:7.1f} {f['preview'] / f['film']:6.1f} ×" for f in row.values())
        print(f"{species:9}" + "".join(cell.rjust(24) for cell in cells))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--species", default=",".join(SPECIES))
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    table = {
        species: {name: measure(species, size=size) for name, size in SIZES.items()}
        for species in options.species.split(",")
    }
    if not options.json:
        print_table(table)
    figures = [
        Figure(
            f"{species}, 256², preview",
            row["256²"]["preview"],
            "frames/s",
            at_least=DEMO_GATE if species == "smoke" else None,
            digits=1,
        )
        for species, row in table.items()
    ]
    title = f"Pattern networks, {options.threads} threads; smoke is the demo's"
    return tell(title, figures, as_json=options.json, frames_per_second=table)


if __name__ == "__main__":
    sys.exit(main())
