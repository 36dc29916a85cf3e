"""The demo's second network from a run of training: chosen snapshots in half precision, with their pictures.

python -m gpu_service portraits --count 10000 --size 64 --seed 0 --out portraits.zip
python -m gpu_service train portraits.zip --preset small --size 64 --out RUN …   (docs/sample-network.md)
python scripts/sample_network.py RUN 0 10 20 40 …
"""

import json
import shutil
import sys
from pathlib import Path

import torch

from gpu_service.executors.snapshot_chores import told_with_pictures
from gpu_service.protocol import SnapshotsResult
from gpu_service.snapshots.store import load_network, write

TARGET = Path(__file__).parent.parent / "studio" / "demo" / "sample_network"
MOST_BYTES = 8_000_000


def main(run: Path, chosen: list[int]) -> None:
    """Write the snapshots nearest to those kimg; nothing else stays in the folder."""
    at = {int(path.stem.rsplit("-", 1)[1]): path for path in (run / "snapshots").glob("*-snapshot-*[0-9].safetensors")}
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    made = []
    for order, wanted in enumerate(chosen):
        kimg = min(at, key=lambda each: abs(each - wanted))
        file = TARGET / f"portraits-{kimg:06d}.safetensors"
        facts = write(load_network(at[kimg], dtype=torch.float16), file, kimg=kimg)
        file.chmod(0o644)
        made.append(told_with_pictures(file, facts=facts, name=f"Portraits, {kimg} kimg", order=order))
    note = SnapshotsResult(snapshots=made).model_dump(mode="json")
    (TARGET / "snapshots.json").write_text(json.dumps(note, indent=1) + "\n")
    size = sum(path.stat().st_size for path in TARGET.iterdir())
    print(f"{len(made)} snapshots, {size / 1e6:.2f} MB")
    if size > MOST_BYTES:
        sys.exit(f"More than {MOST_BYTES / 1e6:.0f} MB: choose a slimmer network.")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(word) for word in sys.argv[2:]])
