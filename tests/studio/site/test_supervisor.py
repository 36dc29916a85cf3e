"""The supervisor by itself: what cannot be started is said and tried again."""

import io
import sys
from pathlib import Path

from studio.site.supervisor import Printer, Supervisor


def test_a_program_that_cannot_be_started_is_said_and_tried_again(tmp_path: Path):
    said, program = io.StringIO(), tmp_path / "program"
    supervisor = Supervisor(Printer(said))
    child = supervisor.add("worker", [str(program)])
    try:
        supervisor.watch(lambda: bool(child.again_at))
        assert f"worker cannot be started: [Errno 2] No such file or directory: '{program}'." in said.getvalue()
        assert "Starting it again in 1 s." in said.getvalue()
        program.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
        program.chmod(0o755)
        child.again_at = 0.01
        supervisor.watch(lambda: child.is_running)
        assert child.is_running
    finally:
        supervisor.stop()
    assert not child.is_running
