"""All figures of a snapshot at once."""

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from gpu_service.errors import RenderError
from gpu_service.networks.fresh import random_stylegan2
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.protocol.training import Metric
from gpu_service.protocol.training_figures import FIGURES, GIVES, NOT_COMPARABLE
from gpu_service.training.data.pictures import Pictures, open_pictures
from gpu_service.training.metrics.features import Features
from gpu_service.training.metrics.kept import Kept
from gpu_service.training.metrics.measure import measure
from gpu_service.training.metrics.path_length import path_length
from tests.gpu_service.training.metrics.copier import Copier, blobs
from tests.gpu_service.training.sets import png, write_zip

SMALL: list[Metric] = ["sharpness", "diversity", "patch_distance"]


@pytest.fixture
def data(tmp_path: Path) -> Pictures:
    files = {f"{n:03d}.png": png(picture.permute(1, 2, 0).numpy()) for n, picture in enumerate(blobs(40))}
    path = write_zip(tmp_path / "blobs.zip", files, labels=[[name, n % 4 // 3] for n, name in enumerate(files)])
    return open_pictures(path, size=32, labels=True)


@pytest.fixture
def features_file(sample_data: Path) -> Path:
    return sample_data / "inceptionv3" / "inception_v3_2015.safetensors"


def chance(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_every_metric_has_a_title_a_direction_and_a_source():
    assert set(GIVES) == set(get_args(Metric))
    assert {name for names in GIVES.values() for name in names} == set(FIGURES)
    assert all(figure.source and figure.text.endswith(".") for figure in FIGURES.values())


def test_copies_of_the_data_are_as_sharp_and_varied_as_the_data(data: Pictures):
    shares: list[float] = []
    figures, notes = measure(
        SMALL, Copier(blobs(40)), data, features=None, count=200, chance=chance(), report=shares.append
    )
    assert figures["sharpness"] == pytest.approx(1, abs=0.05)
    assert figures["diversity"] == pytest.approx(1, abs=0.1)
    assert figures["patch_distance"] < 60
    assert notes == []
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)


def test_a_network_that_draws_one_picture_is_seen(data: Pictures):
    figures, _notes = measure(
        ["diversity", "sharpness"], Copier(blobs(1)), data, features=None, count=40, chance=chance()
    )
    assert figures["diversity"] == pytest.approx(0, abs=1e-5)


def test_without_features_the_others_are_left_out_with_one_sentence(data: Pictures):
    figures, notes = measure(
        ["sharpness", "fid", "precision_recall"], Copier(blobs(4)), data, features=None, count=8, chance=chance()
    )
    assert set(figures) == {"sharpness"}
    assert notes == [
        "Not measured: fid, precision recall. They need a network that tells pictures apart, "
        "a file that the operator supplies."
    ]


def test_figures_on_features(data: Pictures, features_file: Path):
    everything = list(get_args(Metric))
    network = random_stylegan2(StyleGan2Config(16, 16, 0, 32, 2, 256, 16, 256), seed=0)
    figures, notes = measure(everything, network, data, features=features_file, count=6, chance=chance())
    assert set(figures) == set(FIGURES)
    assert all(np.isfinite(value) for value in figures.values())
    assert figures["fid"] > 0
    assert figures["path_length"] > 0
    assert notes[0] == NOT_COMPARABLE == "FID on other features is not comparable with published figures."
    assert "6 pictures against 6" in notes[1]
    assert "mixed_8, 1,280 a picture" in notes[2]
    assert Features(features_file, device=torch.device("cpu")).sha256[:12] in notes[2]


def test_the_data_s_numbers_are_kept_by_pictures_and_count(data: Pictures, tmp_path: Path):
    reads: list[int] = []
    read = data.read
    data.read = lambda index: (reads.append(index), read(index))[1]  # type: ignore[method-assign]

    def again(pictures_hash: str | None, count: int = 10) -> dict[str, float]:
        reads.clear()
        given = {"features": None, "count": count, "kept": tmp_path / "kept", "pictures_hash": pictures_hash}
        return measure(["sharpness", "diversity"], Copier(blobs(9)), data, chance=chance(), **given)[0]  # type: ignore[arg-type]

    first = again("a")
    assert len(reads) == 10
    assert again("a") == first
    assert reads == []
    again("b")
    assert len(reads) == 10
    again("a", count=12)
    assert len(reads) == 12
    again(None)
    assert len(reads) == 10


def test_kept_numbers_that_are_damaged_are_worked_out_again(tmp_path: Path):
    kept = Kept(tmp_path, pictures_hash="a")
    kept.keep("rows", {"rows": np.arange(3.0)})
    found = kept.numbers("rows")
    assert found is not None
    assert np.array_equal(found["rows"], np.arange(3.0))
    assert Kept(tmp_path, pictures_hash="b").numbers("rows") is None
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-5])
    assert kept.numbers("rows") is None


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path):
    (tmp_path / "file").write_text("")
    kept = Kept(tmp_path / "file", pictures_hash="a")
    kept.keep("rows", {"rows": np.zeros(1)})
    assert kept.numbers("rows") is None


def test_labels_are_asked_for_as_often_as_the_data_have_them(data: Pictures):
    network = Copier(blobs(4), classes=2)
    measure(["diversity"], network, data, features=None, count=400, chance=chance())
    asked = torch.cat(network.asked)
    assert asked.shape == (400, 2)
    assert torch.equal(asked.sum(dim=1), torch.ones(400))
    assert float(asked[:, 1].mean()) == pytest.approx(0.25, abs=0.1)


class Line(Copier):
    """w straight to pictures: any path is as long as w says."""

    def synthesis(self, w: Tensor, **_: object) -> Tensor:
        return w[:, :, :, None].expand(-1, 1, 2, 4).reshape(-1, 2, 2, 2)


class Squares(Features):
    """Squared distance of the pictures themselves."""

    def __init__(self) -> None:
        pass

    def apart(self, first: Tensor, second: Tensor) -> Tensor:
        return (first - second).double().square().sum(dim=(1, 2, 3)) / 127.5**2


def test_path_length_of_a_straight_network_is_the_length_of_the_way_in_w():
    """Each w of 2 is shown four times over: 4 · E|z₁ − z₂|² = 4 · 4."""
    source = chance(5)
    drawn: list[int] = []
    found = path_length(
        Line(blobs(1)),
        Squares(),
        lambda count: torch.randn(count, 1, 2, generator=source, dtype=torch.float64),
        pairs=6000,
        at_once=1000,
        told=drawn.append,
    )
    assert found == pytest.approx(16, rel=0.06)  # a hundredth at either end is left out: a little less
    assert sum(drawn) == 12_000


def test_features_see_what_people_see(sample_data: Path, features_file: Path):
    """A cat is nearer to itself in another light than to flowers, and the more noise the farther."""
    features = Features(features_file, device=torch.device("cpu"))
    assert features.sentence.startswith(f"Features: {features_file.name} (SHA-256 {features.sha256[:12]}…), mixed_")
    features.name = f"features-{features.sha256}.safetensors"  # as a service keeps it
    assert features.sentence.startswith(f"Features: SHA-256 {features.sha256[:12]}…, mixed_")
    cat, flowers = (read_photo(sample_data / "photos" / name) for name in ("cat_chelsea.png", "flowers.jpg"))
    grain = torch.randn(cat.shape, generator=chance()) * 25
    shown = torch.stack([cat, cat * 0.8 + 10, flowers, cat + grain, cat + 3 * grain])
    with torch.inference_mode():
        rows = features.pooled(shown.clamp(0, 255).to(torch.uint8))
        apart = features.apart(cat.expand(2, -1, -1, -1), torch.stack([cat + grain, cat + 3 * grain]))
    distance = torch.cdist(rows, rows[:1])[:, 0]
    assert rows.shape == (5, 1280)
    assert distance[1] < distance[2] / 2
    assert 0 < distance[3] < distance[4]
    assert 0 < apart[0] < apart[1]


def read_photo(path: Path) -> Tensor:
    image = Image.open(path).convert("RGB").resize((150, 150))
    return torch.from_numpy(np.array(image)).permute(2, 0, 1).float()


def test_a_file_of_something_else_is_refused_in_a_sentence(data: Pictures, tmp_path: Path):
    path = tmp_path / "cat.safetensors"
    path.write_bytes(b"not at all")
    with pytest.raises(RenderError, match=r"cat\.safetensors cannot be read"):
        measure(["fid"], Copier(blobs(2)), data, features=path, count=8, chance=chance())
