"""Several processes for one run: torchrun's standalone launcher with this very command, started again where one died.

Rank 0 writes; a start after a death goes on from its newest checkpoint.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

RESTARTS = 3


def launch(words: Sequence[str], *, devices: int) -> int:
    """Run `python -m gpu_service WORDS` in so many processes of this machine. -> exit code

    Signals go to all of them, so that an end leaves a checkpoint.
    """
    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
        *("--nproc-per-node", str(devices), "--max-restarts", str(RESTARTS)),
        *("--module", "gpu_service", *words),
    ]
    process = subprocess.Popen(command, env={**os.environ})

    def pass_on(number: int, _frame: FrameType | None) -> None:
        process.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    return process.wait()
