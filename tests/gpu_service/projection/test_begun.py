"""A projection goes on as it began; what is another is named, and an older program's settings are understood."""

import json
from pathlib import Path

import pytest

from gpu_service.errors import RenderError
from gpu_service.projection.begun import goes_on_with
from gpu_service.projection.folder import WorkFolder
from gpu_service.protocol.projection import BEFORE_IT_WAS, ProjectionConfig

SETTINGS = ProjectionConfig(steps=80, width_height=(64, 48), losses=["pixels"])


def held(**changes: object) -> dict[str, object]:
    """As they lie on disk."""
    return {**json.loads(SETTINGS.model_dump_json()), **changes}


def test_the_same_settings_go_on():
    assert goes_on_with(None, SETTINGS) == SETTINGS
    assert goes_on_with(held(), SETTINGS) == SETTINGS


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"steps": 200}, "Steps 200 then, 80 now."),
        ({"width_height": None}, "Size of targets none then, 64, 48 now."),
        ({"losses": ["pixels", "features"], "encoder": True}, "Compared by pixels, features then, pixels now; Encoder"),
        ({"pull": 0.5}, "Held to the usual 0.5 then, none now."),
    ],
)
def test_what_is_another_is_named(changes: dict[str, object], told: str):
    with pytest.raises(RenderError, match="begun with other settings") as refused:
        goes_on_with(held(**changes), SETTINGS)
    assert told in str(refused.value)


def test_what_an_older_program_could_not_name_stays_as_it_was_done():
    older = held()
    for name in (*BEFORE_IT_WAS, "video_fps"):
        del older[name]
    assert goes_on_with(older, SETTINGS) == SETTINGS.model_copy(update=BEFORE_IT_WAS)
    with pytest.raises(RenderError, match=r"Held to the usual 0 then, 0\.5 now"):
        goes_on_with(older, SETTINGS.model_copy(update={"pull": 0.5}))
    with pytest.raises(RenderError, match="another release"):
        goes_on_with(held(warp=1), SETTINGS)


def test_a_folder_keeps_to_one_target_and_one_snapshot(tmp_path: Path):
    folder = WorkFolder(tmp_path / "p.work")
    assert folder.begun() == {}
    folder.begin({"target": "a", "snapshot": "b", "settings": held()})
    folder.begin({"target": "a", "snapshot": "b", "settings": {}})
    assert folder.begun()["settings"] == held()
    for other in ({"target": "c", "snapshot": "b"}, {"target": "a", "snapshot": "c"}):
        with pytest.raises(RenderError, match=r"another (target|snapshot)"):
            folder.begin(other)
