"""What a film of the command line is made from: its words, and the recipe and files that they came to."""

from dataclasses import dataclass, field
from pathlib import Path

from gpu_service.protocol import Recipe


@dataclass(frozen=True)
class RenderCall:
    """The command line of `render`, word by word."""

    songs: list[Path]
    visualizer: str
    snapshots: list[Path]
    snapshots_dir: Path | None
    snapshots_json: Path | None
    preset: str | None
    settings: list[str]
    directions: list[Path]
    size: str | None
    fps: str | None
    start: float
    seconds: float | None
    crf: int
    device: str
    threads: int
    run_config: Path | None
    log: Path | None
    out: Path
    projections: list[Path] = field(default_factory=list)
    scene: Path | None = None
    # Signals can be had without a network: vectors are then as long as most networks' are.
    needs_snapshots: bool = True
    force_projection: bool = False
    debug_path: Path | None = None
    debug_window: int = 150
    debug_side_length: int = 720


@dataclass(frozen=True)
class Job:
    """A film to be made. `files` by hash; `brought`: the hash of our form of a snapshot -> the person's own file."""

    recipe: Recipe
    files: dict[str, Path]
    brought: dict[str, Path]
