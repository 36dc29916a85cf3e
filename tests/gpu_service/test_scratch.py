import subprocess
import sys
from pathlib import Path

from gpu_service.scratch import own_scratch

HOLDS = """
import sys, time
from pathlib import Path
from gpu_service.scratch import own_scratch
with own_scratch(Path(sys.argv[1])) as folder:
    (folder / "half done").write_text("x")
    print(folder, flush=True)
    time.sleep(60)
"""


def test_two_services_of_one_machine_leave_each_other_alone(tmp_path: Path) -> None:
    with own_scratch(tmp_path) as one:
        (one / "on its way").write_text("x")
        with own_scratch(tmp_path) as other:
            assert other != one
            assert (one / "on its way").exists()
        assert one.exists()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_service_left_is_removed_by_the_next(tmp_path: Path) -> None:
    killed = subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    left = Path(killed.stdout.readline().strip())
    with own_scratch(tmp_path):
        assert (left / "half done").exists()
    killed.kill()
    killed.wait()
    with own_scratch(tmp_path) as mine:
        assert list(tmp_path.iterdir()) == [mine]
