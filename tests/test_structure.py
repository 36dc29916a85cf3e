"""The house rules that a linter does not know: where the environment is read, and that a message needs no torch."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PROGRAMS = ("studio", "gpu_service", "capture_agent")
ENVIRONMENT_NAMES = {"environ", "environb", "getenv", "putenv"}
LONGEST_FILE = 320


def source_files() -> Iterator[Path]:
    for program in PROGRAMS:
        yield from sorted((REPOSITORY / program).rglob("*.py"))


def is_settings(path: Path) -> bool:
    return "settings" in path.stem or "settings" in path.parent.name


def environment_readers(path: Path) -> list[int]:
    """Line numbers where a file reads the environment; to hand it whole to a child is no reading."""
    tree = ast.parse(path.read_text())
    handed_on = {
        id(value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if key is None
    }
    handed_on |= {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "setdefault"
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ENVIRONMENT_NAMES
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and id(node) not in handed_on
    ]


def test_only_settings_modules_read_the_environment():
    found = {
        str(path.relative_to(REPOSITORY)): environment_readers(path)
        for path in source_files()
        if not is_settings(path) and environment_readers(path)
    }
    assert found == {}


def test_no_file_has_grown_past_one_subject():
    found = {
        str(path.relative_to(REPOSITORY)): length
        for path in source_files()
        if "migrations" not in path.parts and (length := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert found == {}


# What the studio may know of the other programs: their messages, the numbers of a track, the joining of films, the
# files that scenes and projections are.
SHARED = (
    "gpu_service.protocol",
    "gpu_service.music",
    "gpu_service.errors",
    "gpu_service.film.join",
    "gpu_service.scene_file",
    "gpu_service.routes",
    "gpu_service.projection.check",
    "gpu_service.projection.cost",
    "gpu_service.projection.file",
    "gpu_service.projection.target",
    "gpu_service.projection.writing",
    "gpu_service.training.data.errors",
    "gpu_service.training.data.sources",
    "capture_agent.protocol",
)


def test_the_studio_imports_of_the_other_programs_only_what_is_shared():
    found = []
    for path in (REPOSITORY / "studio").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            foreign = [name for name in names if name.split(".")[0] in PROGRAMS[1:]]
            found += [
                f"{path.name}: {name}"
                for name in foreign
                if not f"{name}.".startswith(tuple(f"{one}." for one in SHARED))
            ]
    assert found == []


@pytest.mark.parametrize(
    "module",
    [
        "gpu_service.protocol",
        "gpu_service.music.analysis",
        "gpu_service.music.media",
        "gpu_service.film.join",
        "gpu_service.scene_file",
        "gpu_service.routes.graph",
        "gpu_service.projection.check",
        "gpu_service.projection.cost",
        "gpu_service.projection.file",
        "gpu_service.projection.target",
        "gpu_service.projection.writing",
        "gpu_service.training.data.sources",
    ],
)
def test_what_the_studio_imports_of_the_service_loads_without_torch(module: str):
    code = f"import sys, {module}; assert not {{'torch', 'django'}} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_the_studio_starts_without_librosa_or_torch():
    """Pages must answer in a moment, and a studio without a GPU must need neither."""
    code = "import sys; sys.modules['torch'] = None; import studio.asgi; assert 'librosa' not in sys.modules"
    command = [sys.executable, "-c", code]
    environment = {"DJANGO_SETTINGS_MODULE": "studio.settings.test", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr


def test_tracked_files_name_no_registry_and_no_machine():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    forbidden = (
        "files.pythonhosted" + ".org",
        "registry.npmjs" + ".org",
        "/root/" + ".",
        "/work" + "/main",
        "/work" + "/shared",
    )
    found = []
    for name in tracked.stdout.split("\0"):
        path = REPOSITORY / name
        if name and path.is_file() and path.suffix not in {".png", ".jpg", ".ogg", ".flac"}:
            text = path.read_text(errors="ignore")
            found += [f"{name}: {word}" for word in forbidden if word in text]
    assert found == []


def plain_class_rules(sheet: str) -> set[str]:
    """Selectors made of classes alone, such as `.chip.on`."""
    text = (REPOSITORY / "frontend/src/styles" / sheet).read_text(encoding="utf-8")
    heads = re.findall(r"([^{}]+)\{", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    selectors = {one.strip() for head in heads for one in head.split(",")}
    return {one for one in selectors if re.fullmatch(r"(\.[\w-]+)+", one)}


@pytest.mark.parametrize("sheet", ["library.css", "capture.css", "pages.css", "desk.css"])
def test_the_sheet_of_a_place_restyles_no_shared_part(sheet: str):
    """All sheets are one bundle: what one place says of `.chip.on` would hold on every page."""
    shared = plain_class_rules("parts.css")
    assert ".chip.on" in shared
    assert not plain_class_rules(sheet) & shared
