"""The second wall: a process that could do little even if it were made to run something."""

import subprocess
import sys
from pathlib import Path

import gpu_service

ROOT = Path(gpu_service.__file__).resolve().parent.parent


def in_child(attempt: str) -> subprocess.CompletedProcess[str]:
    """Run `attempt` after the child has given up its rights."""
    program = f"from gpu_service.snapshots.child import shut_in\nimport os\nshut_in(file_bytes=0)\n{attempt}\n"
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_it_cannot_start_another_program(tmp_path):
    assert in_child(f"os.system('touch {tmp_path}/canary')").returncode == 77
    assert not (tmp_path / "canary").exists()


def test_it_cannot_open_a_connection():
    assert in_child("__import__('socket').socket()").returncode == 77


def test_it_cannot_run_text():
    assert in_child("exec('1')").returncode == 77


def test_it_cannot_take_all_memory():
    done = in_child("bytearray(6 << 30)")
    assert done.returncode == 1
    assert "MemoryError" in done.stderr


def test_it_can_still_count():
    done = in_child("print(sum(range(10)))")
    assert (done.returncode, done.stdout) == (0, "45\n")
