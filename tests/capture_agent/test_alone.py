"""The capture agent needs only what its extra brings: neither torch nor Django nor anything of the studio's."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.conftest import REPOSITORY

# What a Raspberry Pi with the capture extra does not have.
ABSENT = [
    *("torch", "django", "channels", "ninja", "scipy", "librosa", "soundfile", "dlib", "simplejpeg"),
    *("h5py", "ffmpeg", "imageio_ffmpeg", "safetensors", "daphne", "whitenoise", "picamera2", "libcamera"),
    *("studio", "gpu_service"),
]
# What each distribution of the extra is imported as, and what the Pi's own picamera2 package brings.
IMPORTED_AS = {"httpx": "httpx", "websockets": "websockets", "typer": "typer", "rich": "rich", "Pillow": "PIL"}
OPTIONAL = {"dlib", "picamera2", "imageio_ffmpeg"}  # asked for by name at run time, and done without


def capture_extra() -> set[str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    wanted = project["optional-dependencies"]["capture"] + project["dependencies"]
    return {re.split(r"[^A-Za-z0-9_-]", each)[0] for each in wanted}


def test_a_sitting_runs_where_torch_and_django_cannot_be_imported(tmp_path: Path):
    arguments = [
        *("shoot", "--camera", "fake", "--no-prompt-on-timeout", "--resolution", "200", "200"),
        *("--preview-time", "0.3", "--countdown", "0", "--num-photos-to-take", "3"),
    ]
    code = f"""
import sys
for name in {ABSENT!r}:
    sys.modules[name] = None
from capture_agent.cli import call
import capture_agent.agent, capture_agent.cli_run, capture_agent.cameras.picamera2_camera, capture_agent.cameras.v4l2
sys.exit(call({arguments!r}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(REPOSITORY),
            "HOME": str(tmp_path),
            "PHOSPHENE_CAPTURE_FLOOR_MIB": "16",
            "LANG": os.environ.get("LANG", "C.UTF-8"),
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "faces are checked in the studio" in done.stdout
    assert len(list((tmp_path / "datasets" / "faces").glob("*.jpeg"))) == 3


def test_every_import_is_of_the_extra_or_of_python():
    allowed = {IMPORTED_AS.get(name, name) for name in capture_extra()} | set(sys.stdlib_module_names)
    foreign = {}
    for path in sorted((REPOSITORY / "capture_agent").rglob("*.py")):
        tree = ast.parse(path.read_text())
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        names |= {
            str(node.args[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "import_module"
            and isinstance(node.args[0], ast.Constant)
        }
        found = {name.split(".")[0] for name in names} - allowed - OPTIONAL - {"capture_agent"}
        if found:
            foreign[path.name] = found
    assert foreign == {}


def test_the_extra_brings_no_camera_library():
    """Raspberry Pi OS brings picamera2 with the libcamera it was built for; PyPI's would compile and lack libcamera."""
    assert not capture_extra() & {"picamera2", "torch", "Django"}
