"""A trainer's memory has a bound: beyond it an allocation fails, which the trainer knows, and nobody else suffers."""

import subprocess
import sys

from gpu_service.out_of_memory import is_out_of_memory
from tests.conftest import REPOSITORY

ASK = """
import torch
from gpu_service.training import memory
torch.set_num_threads(1)
memory.bound(memory.resident_bytes() + (1 << 30))
kept = torch.ones(1 << 20)
try:
    torch.ones(1 << 30)
except RuntimeError as error:
    print(error)
print(float(kept.sum()))
"""


def test_beyond_the_bound_a_tensor_is_refused_and_the_process_goes_on():
    done = subprocess.run([sys.executable, "-c", ASK], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    *refusal, kept = done.stdout.strip().splitlines()
    assert is_out_of_memory(RuntimeError("\n".join(refusal)))
    assert float(kept) == 1 << 20
