"""`analyse`: a track's analysis as JSON, with a progress bar."""

import json
import tempfile
from pathlib import Path

from gpu_service.cli_places import check_place
from gpu_service.cli_progress import progress_bar
from gpu_service.music.analysis import analyse
from gpu_service.music.decode import decode


def analyse_to_json(song: Path, *, out: Path) -> None:
    """Write everything but the curves. MusicError says what is wrong with the file."""
    check_place("--out", out, name="analysis.json")
    with progress_bar() as bar, tempfile.TemporaryDirectory(prefix="phosphene-") as folder:
        task = bar.add_task("Analysing", total=1.0, more="")
        sound = decode(song, pcm_path=Path(folder) / "track.pcm")
        found = analyse(sound, progress=lambda share: bar.update(task, completed=share))
    text = json.dumps(found.to_json(), indent=2, ensure_ascii=False, allow_nan=False)
    out.write_text(text + "\n", encoding="utf-8")
