"""How fast StyleGAN draws on this machine, against NVIDIA's own code where whoever runs this has it.

    python bench/stylegan.py [--reference DIR] [--stylegan3 DIR] [--sizes 256,512,1024] [--json]

DIR: a checkout of stylegan2-ada-pytorch (of stylegan3) that you bring; it is no part of this repository. Networks are
random, 256 with channel base 16384. Ours, a plain form of the same description (bench/_plain_stylegan2.py, not
NVIDIA's code) and the reference draw in turn, so that all feel the same neighbours: ratios are medians of pairs,
frames a second are medians. Absolute figures want a quiet machine. PSNR: 8-bit pictures of spread 0.5 against float32.
Share of peak: the least arithmetic of a picture, over the best rate of this machine's convolutions in the same numbers.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gpu_service.settings import calm_threads, keep_compiled, read_settings

calm_threads()
keep_compiled(read_settings().data / "compiled")

import torch
from _plain_stylegan2 import plain_synthesis
from _reference import stylegan2_reference, stylegan3_reference
from torch import Tensor

from gpu_service.networks import fast
from gpu_service.networks.base import to_uint8
from gpu_service.networks.fresh import random_stylegan2, random_stylegan3
from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.networks.stylegan3 import StyleGan3
from gpu_service.networks.stylegan3_layout import StyleGan3Config

CPU = torch.device("cpu")
BATCHES = (1, 4)
FEWEST_ROUNDS, MOST_ROUNDS = 2, 15


@dataclass(frozen=True)
class Row:
    """One line of the table; `ratio` and `reference_fps` are None without a reference."""

    network: str
    size: int
    batch: int
    ours_fps: float
    reference_fps: float | None
    ratio: float | None
    psnr_db: float
    peak_share: float
    plain_fps: float
    plain_ratio: float


def stylegan2(size: int) -> StyleGan2:
    """As training starts with it, but with some noise and contrast."""
    base = 16384 if size <= 256 else 32768
    config = StyleGan2Config(512, 512, 0, size, 2, base, 512, 256)
    network = random_stylegan2(config, seed=0)
    with torch.no_grad():
        for _, block in network._synthesis.blocks():
            for layer in block.convolutions():
                layer.noise_strength.fill_(0.1)
    return network


def stylegan3(size: int) -> StyleGan3:
    """Configuration T."""
    return random_stylegan3(StyleGan3Config(512, 512, 0, size, 2), seed=0)


def operations2(network: StyleGan2) -> float:
    """The least multiplications and additions of a picture: convolutions at the lower of their two resolutions."""
    total = 0
    for (_, block), side in zip(network._synthesis.blocks(), network._synthesis.resolutions, strict=True):
        for layer in block.convolutions():
            total += 2 * layer.weight.numel() * (side // 2 if layer.up else side) ** 2
        total += 2 * block.torgb.weight.numel() * side**2
    return float(total)


def operations3(network: StyleGan3) -> float:
    """The convolutions alone."""
    layers = network._synthesis.layers()
    return float(sum(2 * each.weight.numel() * (each.plan.in_size + each.plan.kernel - 1) ** 2 for each in layers))


@torch.inference_mode()
def peak(precision: fast.Precision, *, seconds: float = 1.5) -> float:
    """The best rate of convolutions that suit the processor, in operations per second."""
    best = 0.0
    for channels, side in ((512, 32), (128, 128), (64, 256)):
        weight = torch.randn(channels, channels, 3, 3)
        convolution = fast.Convolution(weight, side=side, padding=1, precision=precision)
        x = torch.randn(1, channels, side, side).to(fast.TYPES[precision])
        x = x.contiguous(memory_format=torch.channels_last)
        ends = time.perf_counter() + seconds / 3
        while time.perf_counter() < ends:
            best = max(best, 2 * weight.numel() * side**2 / taken(lambda c=convolution, x=x: c(x)))
    return best


def taken(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turn(works: dict[str, Callable[[], Tensor]], *, seconds: float) -> dict[str, list[float]]:
    """Seconds of each call, one after the other, for about so long."""
    lasted: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    ends = time.perf_counter() + seconds
    for number in range(MOST_ROUNDS):
        if number >= FEWEST_ROUNDS and time.perf_counter() > ends:
            break
        for name, work in works.items():
            lasted[name].append(taken(work))
    return lasted


def psnr(drawn: Tensor, wanted: Tensor) -> float:
    """Of 8-bit pictures, brought to a spread of 0.5."""
    scale = 0.5 / wanted.std().item()
    error = (to_uint8(drawn * scale).float() - to_uint8(wanted * scale).float()).square().mean().item()
    return float(10 * torch.log10(torch.tensor(255**2 / max(error, 1e-12))))


@torch.inference_mode()
def measure(
    name: str,
    network: StyleGan2 | StyleGan3,
    *,
    way: fast.Way,
    reference: Callable[[Tensor], Tensor] | None,
    plain: Callable[[Tensor], Tensor],
    operations: float,
    top: float,
    seconds: float,
) -> list[Row]:
    """Both batch sizes. A batch of one is drawn as a preview's, on all cores; four as a film's, a core to a picture."""
    rows = []
    for batch in BATCHES:
        w = network.mapping(torch.randn(batch, network.z_dim, generator=torch.Generator().manual_seed(batch)))

        def ours(w: Tensor = w, batch: int = batch) -> Tensor:
            with fast.drawing(way):
                return network.synthesis(w, quality="preview" if batch == 1 else "film")

        works = {"ours": ours, "plain": lambda w=w: plain(w)}
        if reference is not None:
            works["reference"] = lambda w=w: reference(w)
        lasted = in_turn(works, seconds=seconds)
        middle = {work: statistics.median(times) / batch for work, times in lasted.items()}
        wanted = works.get("reference", works["plain"])()
        rows.append(
            Row(
                network=name,
                size=network.native_size[0],
                batch=batch,
                ours_fps=1 / middle["ours"],
                reference_fps=1 / middle["reference"] if reference is not None else None,
                ratio=paired(lasted, "reference") if reference is not None else None,
                psnr_db=psnr(ours(), wanted),
                peak_share=operations / middle["ours"] / top,
                plain_fps=1 / middle["plain"],
                plain_ratio=paired(lasted, "plain"),
            )
        )
        print_row(rows[-1])
    return rows


def paired(lasted: dict[str, list[float]], other: str) -> float:
    """The median of their time over ours, round by round."""
    return statistics.median(theirs / own for theirs, own in zip(lasted[other], lasted["ours"], strict=True))


def print_row(row: Row) -> None:
    reference = "" if row.ratio is None else f"  reference {row.reference_fps:6.2f}, {row.ratio:5.2f} ×"
    print(
        f"{row.network} {row.size:4} batch {row.batch}: ours {row.ours_fps:6.2f} frames/s{reference}  "
        f"plain {row.plain_fps:6.2f}, {row.plain_ratio:5.2f} ×  {row.psnr_db:5.1f} dB  {row.peak_share:4.0%} of peak",
        file=sys.stderr,
        flush=True,
    )


def run(options: argparse.Namespace) -> list[Row]:
    """All rows that were asked for."""
    way = fast.way_for(CPU, options.precision, compiled=not options.eager and fast.compiler_is_there(CPU))
    if way.compiled:
        fast.compile_steps(way.precision, CPU)
    top = peak(way.precision)
    print(f"{way.precision}, compiled: {way.compiled}, peak {top / 1e9:.0f} GFLOP/s", file=sys.stderr)
    rows = []
    for size in options.sizes:
        network = stylegan2(size)
        reference = stylegan2_reference(options.reference, network).draw if options.reference else None
        rows += measure(
            "StyleGAN2",
            network,
            way=way,
            reference=reference,
            plain=lambda w, network=network: plain_synthesis(network, w),
            operations=operations2(network),
            top=top,
            seconds=options.seconds,
        )
    for size in options.sizes3:
        third = stylegan3(size)
        reference = stylegan3_reference(options.stylegan3, third).draw if options.stylegan3 else None
        rows += measure(
            "StyleGAN3-T",
            third,
            way=way,
            reference=reference,
            plain=lambda w, third=third: third.synthesis(w, quality="preview" if len(w) == 1 else "film"),
            operations=operations3(third),
            top=top,
            seconds=options.seconds,
        )
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reference", type=Path, help="your checkout of stylegan2-ada-pytorch")
    parser.add_argument("--stylegan3", type=Path, help="your checkout of stylegan3")
    parser.add_argument("--sizes", type=sizes, default=[256, 512, 1024], help="of StyleGAN2; “none” for none")
    parser.add_argument("--sizes3", type=sizes, help="of StyleGAN3-T; 256 where --stylegan3 is given, else none")
    parser.add_argument("--seconds", type=float, default=12.0, help="for each row")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", choices=("auto", "fp32", "bf16"), default="auto")
    parser.add_argument("--eager", action="store_true", help="without compiling, as where there is no compiler")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args()
    if options.sizes3 is None:
        options.sizes3 = [256] if options.stylegan3 else []
    torch.set_num_threads(options.threads)
    rows = run(options)
    if options.json:
        print(json.dumps([asdict(row) for row in rows]))
    return 0


def sizes(words: str) -> list[int]:
    """ "256,512" """
    return [] if words == "none" else [int(word) for word in words.split(",")]


if __name__ == "__main__":
    sys.exit(main())
