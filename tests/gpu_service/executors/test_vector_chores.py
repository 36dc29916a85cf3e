"""Sheets, directions, harvests and snapshots' pictures: what comes out is what the network draws."""

import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gpu_service.errors import RenderError
from gpu_service.executors import vector_chores
from gpu_service.executors.snapshot_chores import import_one
from gpu_service.executors.vector_chores import Files, SnapshotFile
from gpu_service.faces import face_finder
from gpu_service.file_hash import file_sha256
from gpu_service.networks.base import to_uint8
from gpu_service.protocol import DirectionsOrder, ExportOrder, HarvestOrder, Look, SheetOrder, Step, Tile, VectorSpec
from gpu_service.snapshots.errors import SnapshotError
from gpu_service.snapshots.store import load_network, write
from gpu_service.vectors.directions import read_directions
from gpu_service.vectors.harvest import given_up, harvest
from gpu_service.vectors.recipes import Recipes
from tests.gpu_service.vectors.nets import little_stylegan2

CPU = torch.device("cpu")
BUFFERS = ("noise_const", "resample_filter", "w_avg")


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> list[SnapshotFile]:
    """Two snapshots of 32 × 32 pixels."""
    folder, made = tmp_path_factory.mktemp("snapshots"), []
    for seed in range(2):
        path = folder / f"{seed}.safetensors"
        write(little_stylegan2(seed=seed), path)
        made.append(SnapshotFile(file_sha256(path), f"Little {seed}", path))
    return made


@pytest.fixture
def files(snapshots: list[SnapshotFile], tmp_path: Path) -> Files:
    return Files(snapshots, {}, tmp_path, CPU)


def quiet(_title: str, _share: float) -> None: ...


def by_hand(snapshot: SnapshotFile, vector: VectorSpec) -> np.ndarray:
    """[3, 32, 32]"""
    network = load_network(snapshot.path)
    return to_uint8(network.synthesis(torch.from_numpy(Recipes(network).rows([vector]))))[0].numpy()


def read_picture(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).transpose(2, 0, 1)


def test_a_sheet_holds_every_tile_through_its_snapshot(files, snapshots):
    tiles = [Tile(vector=VectorSpec(seed=seed), snapshot=seed % 2) for seed in range(5)]
    told: list[float] = []
    order = SheetOrder(tiles=tiles, columns=3, tile=32, mime="image/png")
    made = vector_chores.draw_sheet(order, files, lambda _title, share: told.append(share))
    sheet = read_picture((files.folder / made.files["sheet"]).read_bytes())
    assert sheet.shape == (3, 64, 96)
    for place, tile in enumerate(tiles):
        top, left = place // 3 * 32, place % 3 * 32
        assert np.array_equal(sheet[:, top : top + 32, left : left + 32], by_hand(snapshots[place % 2], tile.vector))
    assert told[-1] == 1.0
    assert made.facts == {"columns": 3, "tile": 32, "pictures": 5}


def test_a_sheet_with_loss_is_close_to_one_without(files):
    tiles = [Tile(vector=VectorSpec(seed=seed)) for seed in range(4)]
    pictures = []
    for mime in ("image/png", "image/jpeg"):
        made = vector_chores.draw_sheet(SheetOrder(tiles=tiles, columns=2, tile=128, mime=mime), files, quiet)
        pictures.append(read_picture((files.folder / made.files["sheet"]).read_bytes()).astype(int))
    assert np.abs(pictures[0] - pictures[1]).mean() < 6


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ({"tiles": [{"vector": {}, "snapshot": 2}]}, "asks for a snapshot that is not there; it has 2"),
        ({"tiles": [{"vector": {"label": 1}}]}, "this network has no classes"),
        ({"tiles": [{"vector": {}}] * 100, "tile": 4096, "columns": 10}, "A sheet of 40,960 × 40,960 pixels"),
        ({"tiles": [{"vector": {"steps": [{"file": "a" * 64, "index": 0, "amount": 1}]}}]}, "directions is missing"),
    ],
)
def test_sheets_that_cannot_be_drawn_are_sentences(files, order, sentence):
    with pytest.raises(RenderError, match=sentence) as caught:
        vector_chores.draw_sheet(SheetOrder.model_validate(order), files, quiet)
    assert caught.value.kind == "bad_input"


def test_directions_that_were_found_move_a_sheet(files, snapshots):
    made = vector_chores.find_directions(DirectionsOrder(method="sefa", count=3, samples=200), files, quiet)
    path = files.folder / made.files["directions"]
    found = read_directions(path)
    assert made.facts["count"] == found.count == 3
    assert found.facts.snapshot_sha256 == snapshots[0].sha256
    sha256 = file_sha256(path)
    with_them = Files(snapshots, {sha256: path}, files.folder, CPU)
    still = VectorSpec(seed=1)
    moved = VectorSpec(seed=1, steps=[Step(file=sha256, index=0, amount=2)])
    order = SheetOrder(tiles=[Tile(vector=still), Tile(vector=moved)], columns=2, tile=32, mime="image/png")
    sheet = read_picture((files.folder / vector_chores.draw_sheet(order, with_them, quiet).files["sheet"]).read_bytes())
    assert np.array_equal(sheet[:, :, :32], by_hand(snapshots[0], still))
    assert np.abs(sheet[:, :, 32:].astype(int) - sheet[:, :, :32]).max() > 5


def test_every_picture_of_a_harvest_can_be_drawn_again_from_its_json(files, snapshots):
    look = Look(noise="random", noise_seed=3)
    order = HarvestOrder(count=10, first_seed=40, truncation=0.9, look=look)
    made = vector_chores.harvest_pictures(order, files, quiet)
    assert (made.facts["kept"], made.facts["drawn"], made.facts["seeds"]) == (10, 10, list(range(40, 50)))
    assert made.facts["sentence"] is None
    network = load_network(snapshots[0].path)
    with zipfile.ZipFile(files.folder / made.files["zip"]) as archive:
        names = archive.namelist()
        assert len(names) == 20
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        for name in names[1::8]:
            note = json.loads(archive.read(name))
            data = archive.read(note["picture"])
            assert note["picture_sha256"] == hashlib.sha256(data).hexdigest()
            assert note["snapshot"] == {"sha256": snapshots[0].sha256, "name": "Little 0"}
            assert {"phosphene", "torch", "numpy"} <= set(note["versions"])
            vector, kept_look = VectorSpec.model_validate(note["vector"]), Look.model_validate(note["look"])
            assert (vector.seed, kept_look) == (note["seed"], look)
            w = torch.from_numpy(Recipes(network).rows([vector]))
            drawn = network.synthesis(w, noise_mode=kept_look.noise, noise=[kept_look.noise_seed])
            assert np.array_equal(read_picture(data), to_uint8(drawn)[0].numpy())
    assert read_picture((files.folder / "sheet.jpg").read_bytes()).shape == (3, 320, 1280)


def test_the_same_harvest_gives_the_same_bytes(snapshots, tmp_path):
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        vector_chores.harvest_pictures(HarvestOrder(count=3), Files(snapshots, {}, tmp_path / name, CPU), quiet)
        made.append((tmp_path / name / "harvest.zip").read_bytes())
    assert made[0] == made[1]


class Album:
    """A network that shows photographs: seed after seed one with a face, then one without."""

    kind, z_dim, w_dim, num_ws, num_classes, native_size, aspect = "album", 4, 4, 1, 0, (256, 256), None

    def __init__(self, photographs: list[Path]) -> None:
        images = [Image.open(path).convert("RGB").resize((256, 256)) for path in photographs]
        self.pictures = torch.stack([torch.from_numpy(np.array(image)).permute(2, 0, 1) for image in images])
        seeds = range(64)
        self.place = {np.float32(np.random.RandomState(seed).randn(1, 4)[0, 0]).item(): seed for seed in seeds}

    def mapping(self, z, *, truncation=1.0, truncation_end=None, labels=None):
        return z[:, None]

    def synthesis(self, w, **_look):
        places = [self.place[float(number)] % len(self.pictures) for number in w[:, 0, 0]]
        return self.pictures[places].float() / 127.5 - 1

    def tensors(self):
        return {"pictures": self.pictures}


@pytest.fixture(scope="module")
def album(sample_data: Path) -> Album:
    """A portrait, a cup, a rocket."""
    names = ("obama_official.jpg", "coffee_noface.png", "rocket_noface.jpg")
    return Album([sample_data / "portraits" / name for name in names])


@pytest.mark.parametrize(("faces", "seeds"), [("with", [0, 3, 6, 9]), ("without", [1, 2, 4, 5])])
def test_a_harvest_keeps_pictures_with_or_without_a_face(album, tmp_path, faces, seeds):
    order = HarvestOrder(count=4, faces=faces)
    told: list[tuple[int, int]] = []
    found = harvest(
        album,
        order,
        out=tmp_path / "zip",
        has_face=face_finder(),
        source={},
        report=lambda kept, drawn: told.append((kept, drawn)),
    )
    assert found.seeds == seeds
    assert told[-1] == (4, found.drawn)
    with zipfile.ZipFile(tmp_path / "zip") as archive:
        notes = [json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")]
    assert [note["face"] for note in notes] == [faces == "with"] * 4


def test_a_harvest_gives_up_but_keeps_what_it_has(album, tmp_path):
    order = HarvestOrder(count=9, most=10, faces="with")
    found = harvest(album, order, out=tmp_path / "zip", has_face=face_finder(), source={})
    assert (found.seeds, found.drawn) == ([0, 3, 6, 9], 10)
    assert given_up(order, found) == "Among 10 pictures there were only 4 of 9 with a face."


def test_without_a_face_detector_a_sentence_says_what_to_install(files, monkeypatch):
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(RenderError, match="Install it there: pip install dlib-bin") as caught:
        vector_chores.harvest_pictures(HarvestOrder(faces="with"), files, quiet)
    assert (caught.value.kind, caught.value.field) == ("bad_input", "faces")


def test_a_harvest_of_nothing_is_a_sentence(files):
    with pytest.raises(RenderError, match="Among 12 pictures there was none with a face"):
        vector_chores.harvest_pictures(HarvestOrder(count=1, most=12, faces="with"), files, quiet)


def test_an_import_draws_the_same_seeds_of_every_snapshot(snapshots, tmp_path):
    (made,) = import_one(snapshots[0].path, name="net.safetensors", folder=tmp_path).snapshots
    assert made.sheet is not None
    assert made.thumbnail is not None
    sheet = read_picture((tmp_path / made.sheet).read_bytes()).astype(int)
    assert sheet.shape == (3, 160, 1280)
    for seed in (0, 5):
        small = Image.fromarray(by_hand(snapshots[0], VectorSpec(seed=seed)).transpose(1, 2, 0)).resize((160, 160))
        tile = sheet[:, :, seed * 160 : seed * 160 + 160]
        assert np.abs(tile - np.asarray(small).transpose(2, 0, 1)).mean() < 12  # JPEG, and another filter
    assert read_picture((tmp_path / made.thumbnail).read_bytes()).shape == (3, 256, 256)
    tensors = load_network(snapshots[0].path).tensors()
    trained = [tensor.numel() for name, tensor in tensors.items() if not name.endswith(BUFFERS)]
    assert made.facts["parameters"] == sum(trained)


def test_an_import_of_classes_draws_the_first(tmp_path):
    write(little_stylegan2(classes=3), path := tmp_path / "classes.safetensors")
    (tmp_path / "made").mkdir()
    (made,) = import_one(path, name="net.safetensors", folder=tmp_path / "made").snapshots
    sheet = read_picture((tmp_path / "made" / str(made.sheet)).read_bytes()).astype(int)[:, :, :160]

    def apart(label: int | None) -> float:
        """How far the first tile is from seed 0 of that class."""
        drawn = by_hand(SnapshotFile("", "", path), VectorSpec(seed=0, label=label)).transpose(1, 2, 0)
        small = np.asarray(Image.fromarray(drawn).resize((160, 160)))
        return float(np.abs(sheet - small.transpose(2, 0, 1)).mean())

    assert apart(0) < min(apart(1), apart(2), apart(None))


def test_an_export_reads_back_to_the_same_network(files, snapshots):
    made = vector_chores.export_snapshot(ExportOrder(form="state_dict", name="Our net: 2"), files, quiet)
    assert made.files == {"file": "Our-net-2-state_dict.pt"}
    again = import_one(files.folder / made.files["file"], name="net.pt", folder=files.folder).snapshots[0]
    ours, back = load_network(snapshots[0].path).tensors(), load_network(files.folder / again.file).tensors()
    assert ours.keys() == back.keys()
    assert all(torch.equal(ours[name], back[name]) for name in ours)


def test_an_export_that_cannot_be_names_the_snapshot_as_people_do(files):
    with pytest.raises(SnapshotError, match="“Little 0” has a z of another size than its w"):
        vector_chores.export_snapshot(ExportOrder(form="rosinality", name="Our net"), files, quiet)
