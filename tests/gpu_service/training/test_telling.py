"""Reports as lines for people."""

from gpu_service.protocol import Made
from gpu_service.protocol.training_figures import NOT_COMPARABLE
from gpu_service.training.telling import as_text


def test_a_snapshot_tells_its_figures_by_their_titles_and_what_belongs_beside_them():
    files = dict.fromkeys(("file", "training", "sheet", "grid", "thumbnail", "checkpoint"), "a")
    made = Made(kimg=5, metrics={"fid": 12.345, "own": 2.0}, notes=[NOT_COMPARABLE], **files)
    assert as_text(made) == f"Snapshot a  FID 12.35, own 2\n{NOT_COMPARABLE}"
    assert as_text(Made(kimg=5, **files)) == "Snapshot a"
