"""`python -m gpu_service snapshot …`: files of weights read, checked, kept and written for other programs.

Of several files, one that is refused is named on standard error, the others go on, and the exit code is 2.
"""

import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from gpu_service.errors import RenderError
from gpu_service.networks import NetworkError
from gpu_service.snapshots.errors import SnapshotError
from gpu_service.snapshots.facts import SnapshotFacts, guess_kimg

snapshots = typer.Typer(help="Files of weights.", no_args_is_help=True, rich_markup_mode=None)

ENDINGS = (".pkl", ".pt", ".pth", ".safetensors")
NO_SNAPSHOTS = ("submit_config.pkl",)
Files = Annotated[list[Path], typer.Argument(help="Files of weights, or folders of them.")]
OutFolder = Annotated[Path, typer.Option(help="Folder for what is made.")]


@snapshots.command("import")
def import_(
    files: Files,
    out: OutFolder = Path(),
    with_training: Annotated[
        bool, typer.Option("--with-training", help="Also keep G, D and augment_pipe, for training to go on from.")
    ] = False,
) -> None:
    """Read foreign files of weights without running anything in them, and keep them as safetensors.

    Several files are numbered; one that is there already (by its MD5) is not kept twice.
    """
    from gpu_service.executors.snapshot_chores import harmless_stem, import_one

    found = list(_files_in(files))
    is_numbered = len(found) > 1
    out.mkdir(parents=True, exist_ok=True)
    known = _known_in(out)

    def import_file(path: Path) -> None:
        md5 = _md5_of(path)
        if is_numbered and md5 in known:
            typer.echo(f"“{path.name}” is there already: {known[md5].name}", err=True)
            return
        parent = harmless_stem(f"{path.absolute().parent.name}.folder")
        stem = f"{_next_number(out):03}_{parent}_{harmless_stem(path.name)}" if is_numbered else None
        made = import_one(path, name=path.name, folder=out, stem=stem, with_training=with_training).snapshots[0]
        known[md5] = out / made.file
        typer.echo(str(out / made.file))
        _warn(path, made.facts.get("warnings", []))

    _each(found, import_file)


@snapshots.command("info")
def info(files: Files, as_json: Annotated[bool, typer.Option("--json", help="All facts as JSON.")] = False) -> None:
    """What a file of weights is. Several files make a list."""
    told: list[dict[str, object]] = []

    def tell(path: Path) -> None:
        facts = _facts_of(path)
        if as_json:
            told.append(_as_json(path, facts))
            return
        typer.echo(_as_line(path, facts))
        _warn(path, facts.warnings)

    found = list(_files_in(files))
    refused = _each(found, tell, is_last=False)
    if told:
        typer.echo(json.dumps(told[0] if len(found) == 1 else told, indent=2, ensure_ascii=False))
    _leave(refused)


@snapshots.command("check")
def check(files: Files) -> None:
    """Whether files of weights can be read, and one picture be drawn of each."""

    def check_file(path: Path) -> None:
        from gpu_service.snapshots.store import import_snapshot, load_network

        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / "net.safetensors"
            facts = import_snapshot(path, to=kept, name=path.name)
            is_whole = _draws(load_network(kept))
        typer.echo(f"{_as_line(path, facts)}: {'drawn' if is_whole else 'read, but its picture is no picture'}")
        _warn(path, facts.warnings)

    _each(list(_files_in(files)), check_file)


@snapshots.command("export")
def export(
    files: Files,
    form: Annotated[str, typer.Option(help="safetensors, state_dict or rosinality.")] = "safetensors",
    out: OutFolder = Path(),
) -> None:
    """Write snapshots for other programs: NVIDIA's names in a plain .pt, rosinality's form, or our own safetensors."""
    from gpu_service.snapshots.export import FORMS
    from gpu_service.snapshots.export import export as export_one

    out.mkdir(parents=True, exist_ok=True)

    def export_file(path: Path) -> None:
        ending = FORMS.get(form, "")
        target = out / (f"{path.stem}{ending}" if form == "safetensors" else f"{path.stem}-{form}{ending}")
        if target.exists() and target.samefile(path):
            raise SnapshotError(f"“{path.name}” would be written over itself. Name another folder with --out.")
        export_one(path, form, target, name=path.name)
        typer.echo(str(target))

    _each(list(_files_in(files)), export_file)


def _each(files: Sequence[Path], work: Callable[[Path], None], *, is_last: bool = True) -> int:
    """Do the work on every file; refusals are told one by one. Leaves with code 2 where any was refused."""
    refused = 0
    for path in files:
        try:
            if path.is_dir():
                raise SnapshotError(f"“{path.name}” holds no file of weights ({', '.join(ENDINGS)}).")
            work(path)
        except SnapshotError as error:
            refused += 1
            _tell(error.here)
        except (RenderError, NetworkError) as error:
            refused += 1
            _tell(str(error))
        except OSError as error:
            refused += 1
            _tell(f"{error.filename or path}: {error.strerror or error}.")
    if is_last:
        _leave(refused)
    return refused


def _leave(refused: int) -> None:
    if refused:
        sys.exit(2)


def _tell(sentence: str) -> None:
    typer.echo(" ".join(sentence.split()), err=True)


def _warn(path: Path, warnings: Sequence[str]) -> None:
    for line in warnings:
        _tell(f"“{path.name}”: {line}")


def _files_in(places: Sequence[Path]) -> Iterator[Path]:
    """The files themselves, and of folders what looks like weights, younger snapshots after older ones.

    A folder in which nothing does is given as it is, to be refused.
    """
    for place in places:
        if not place.is_dir():
            yield place
            continue
        found = [path for path in place.rglob("*") if path.suffix in ENDINGS and path.is_file()]
        kept = [path for path in found if path.name not in NO_SNAPSHOTS and ".training." not in path.name]
        if not kept:
            yield place
        yield from sorted(kept, key=lambda path: (path.parent, guess_kimg(path.name) or 0, path.name))


def _facts_of(path: Path) -> SnapshotFacts:
    from gpu_service.snapshots.store import import_snapshot, is_safetensors, read_facts

    if is_safetensors(path):
        return read_facts(path)
    with tempfile.TemporaryDirectory() as folder:
        return import_snapshot(path, to=Path(folder) / "net.safetensors", name=path.name)


def _as_json(path: Path, facts: SnapshotFacts) -> dict[str, object]:
    return {
        "file": str(path),
        "kind": facts.kind,
        "resolution": facts.native_size[0],
        "z": facts.z_dim,
        "w": facts.w_dim,
        "classes": facts.num_classes,
        "mapping_layers": facts.mapping_layers,
        "kimg": facts.kimg,
        "tensor_count": facts.tensors,
        **facts.to_json(),
    }


def _as_line(path: Path, facts: SnapshotFacts) -> str:
    height, width = facts.native_size
    parts = [f"{path.name}  {facts.kind}", f"{width} × {height}", f"z {facts.z_dim}", f"w {facts.w_dim}"]
    if facts.num_classes:
        parts.append(f"{facts.num_classes} classes")
    if facts.mapping_layers:
        parts.append(f"{facts.mapping_layers} mapping layers")
    if facts.kimg is not None:
        parts.append(f"{facts.kimg} kimg")
    return ", ".join([*parts, f"{facts.tensors} tensors", f"{facts.parameters / 1e6:.1f} M parameters"])


def _draws(network: object) -> bool:
    """Whether one picture of the network is made of numbers."""
    import torch

    from gpu_service.networks.base import Network

    net: Network = network  # type: ignore[assignment]
    z = torch.randn(1, net.z_dim, generator=torch.Generator().manual_seed(0))
    labels = torch.zeros(1, net.num_classes) if net.num_classes else None
    with torch.inference_mode():
        picture = net.synthesis(net.mapping(z, truncation=0.7, labels=labels))
    return bool(torch.isfinite(picture).all())


def _known_in(folder: Path) -> dict[str, Path]:
    """What was imported into that folder before, by the MD5 of the original."""
    from gpu_service.snapshots.store import read_facts

    known = {}
    for path in folder.glob("*.safetensors"):
        try:
            known[read_facts(path).original_md5 or _md5_of(path)] = path
        except SnapshotError:
            continue
    return known


def _next_number(folder: Path) -> int:
    numbers = [int(path.name[:3]) for path in folder.glob("[0-9][0-9][0-9]_*.safetensors")]
    return max(numbers, default=-1) + 1


def _md5_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
