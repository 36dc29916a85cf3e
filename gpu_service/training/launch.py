"""Several processes for one run: torchrun's standalone launcher with this very command, started again where one died.

Rank 0 writes; a start after a death goes on from its newest checkpoint.
"""

import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from gpu_service.protocol import Said
from gpu_service.training.errors import TrainingError

RESTARTS = 3
INTERRUPTED, FAILED = 130, 2


def launch(words: Sequence[str], *, devices: int) -> int:
    """Run `python -m gpu_service WORDS` in so many processes of this machine. -> exit code

    Signals go to all of them, so that an end leaves a checkpoint. What only a person can mend is no reason to start
    again: the sentence comes back in a file. Raises TrainingError with it.
    """
    with tempfile.TemporaryDirectory(prefix="phosphene-train-") as folder:
        refusal = Path(folder) / "refusal"
        command = [
            *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
            *("--nproc-per-node", str(devices), "--max-restarts", str(RESTARTS)),
            *("--module", "gpu_service", *words, "--refusal", str(refusal)),
        ]
        code, is_interrupted = _run(command)
        if refusal.exists():
            said = Said.model_validate_json(refusal.read_bytes())
            raise TrainingError(said.sentence, kind=said.kind_of_failure)
        return INTERRUPTED if is_interrupted else code


def _run(command: Sequence[str]) -> tuple[int, bool]:
    """-> its exit code, and whether somebody asked for the end"""
    process = subprocess.Popen(command)
    asked = False

    def pass_on(number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        process.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    return process.wait(), asked
