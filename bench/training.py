"""How fast StyleGAN2 trains on this machine, whether loading keeps up, and what augmentation is worth on few pictures.

    python bench/training.py [--reference DIR] [--sizes 64,256] [--seconds 40] [--json]
    python bench/training.py --faces64 olivetti_400.npz --features FEATURES [--kimg 60] [--json]
    python bench/training.py --gpu [--json]

DIR: a checkout of stylegan2-ada-pytorch that you bring; it is no part of this repository. Its networks and losses run
in float32 by its own fallback code. “plain”: the same steps written by us as that code computes them
(bench/_plain_training.py), for those without a checkout. All take steps in turn, so that all feel the same neighbours;
each sort of step (plain, with path length, with R1) counts by its share. Absolute figures want a quiet machine.
--faces64: the preset `small` with ADA and without, the same budget, FID-like distances of both on the way.
--gpu: 256² `auto` and 1024² `stylegan2` beside what was published for one A100 (12.5 and 90.4 s/kimg).
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gpu_service.settings import calm_threads, keep_compiled, read_settings

calm_threads()
keep_compiled(read_settings().data / "compiled")

import torch
from _figures import Figure, tell
from _training_data import loader_figures
from _training_faces import ada_figures
from _training_speed import config_of, speed_figures

from gpu_service.protocol.training_presets import resolve

CPU = torch.device("cpu")
# Seconds for a thousand pictures on one A100, from the configurations that NVIDIA published with StyleGAN3.
PUBLISHED = {("auto", 256): 12.53, ("stylegan2", 1024): 90.39}


def gpu_figures(seconds: float) -> list[Figure]:
    """SystemExit without a GPU."""
    if not torch.cuda.is_available():
        raise SystemExit("There is no NVIDIA GPU here: these rows are not measured.")
    device, figures = torch.device("cuda:0"), []
    for (preset, size), published in PUBLISHED.items():
        config = resolve(preset, size=size, first_p=0.3, augment="fixed")  # type: ignore[arg-type]
        (ours,) = speed_figures(config, reference=None, plain=False, seconds=seconds, device=device)
        figures += [ours, Figure(f"{ours.what} ÷ published for an A100", ours.value / published, "×", at_most=0.5)]
    return figures


def run(options: argparse.Namespace) -> list[Figure]:
    """All that was asked for."""
    if options.gpu:
        return gpu_figures(options.seconds)
    if options.faces64:
        return ada_figures(
            options.faces64,
            features=options.features,
            kimg=options.kimg,
            size=options.size,
            count=options.count,
            looks=options.looks,
            ada_kimg=options.ada_kimg,
            few=options.few,
            out=options.out,
        )
    figures: list[Figure] = []
    for size in options.sizes:
        config = config_of(size, batch=options.batch, channel_base=options.channel_base)
        figures += speed_figures(config, reference=options.reference, plain=True, seconds=options.seconds, device=CPU)
    if not options.rounds:
        return figures
    with tempfile.TemporaryDirectory(prefix="phosphene-bench-") as folder:
        small = resolve("small", size=options.loader_size)
        return figures + loader_figures(
            small, Path(folder), device=CPU, rounds=options.rounds, steps=options.loader_steps
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", type=Path, help="your checkout of stylegan2-ada-pytorch")
    parser.add_argument("--sizes", type=sizes, default=[64, 256], help="pixels a side, with commas; “none” for none")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--channel-base", type=int, default=16384)
    parser.add_argument("--seconds", type=float, default=40.0, help="for each size, at least one round")
    parser.add_argument("--rounds", type=int, default=3, help="of the loader's figure; 0: without it")
    parser.add_argument("--loader-steps", type=int, default=16, help="of one round: R1 comes round once")
    parser.add_argument("--loader-size", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--gpu", action="store_true", help="only the rows of one GPU")
    parser.add_argument(
        "--faces64", type=Path, help="an .npz with `images` [N, 64, 64], or a zip: only ADA against none"
    )
    parser.add_argument("--features", type=Path, help="the network that the distances are measured on")
    parser.add_argument("--kimg", type=float, default=60.0, help="budget of each of the two runs")
    parser.add_argument("--size", type=int, default=64, help="of --faces64; smaller is sooner done")
    parser.add_argument("--count", type=int, default=1000, help="pictures drawn for each distance")
    parser.add_argument("--looks", type=int, default=10, help="distances of each run")
    parser.add_argument("--few", type=int, help="learn from so many of the .npz's faces only; distances are to all")
    parser.add_argument("--ada-kimg", type=float, help="kimg from strength 0 to 1, where the preset's are too many")
    parser.add_argument(
        "--out", type=Path, help="where sheets, curves and both runs of --faces64 are kept; they go on from there"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    return tell("Training", run(options), as_json=options.json)


def sizes(words: str) -> list[int]:
    """ "64,256" """
    return [] if words == "none" else [int(word) for word in words.split(",")]


if __name__ == "__main__":
    sys.exit(main())
