"""Files in the layouts that people have, against what the program of each layout drew from them, in float32.

Every picture may differ by a thousandth of the pictures' standard deviation at most.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gpu_service.networks.base import Network
from gpu_service.networks.crew import on_one_core
from gpu_service.networks.fresh import designed_filters
from gpu_service.networks.stylegan3 import StyleGan3
from gpu_service.snapshots import store

FILES = [
    "sg2ada-64.pkl",
    "sg2ada-128-labels.pkl",
    "sg2ada-256.pkl",
    "sg2-from-sg3-repo-64.pkl",
    "sg3t-64.pkl",
    "sg3r-64.pkl",
    "sg3t-64-moved.pkl",
    "sg3r-64-moved.pkl",
    "rosinality-64-training.pt",
    "rosinality-64-converted.pt",
]


@dataclass(frozen=True)
class Reference:
    """A file, read as the product reads it, and what it should draw."""

    name: str
    network: Network
    drawn: Any  # the arrays by name

    def is_near(self, pictures: torch.Tensor, wanted: str) -> bool:
        return bool(abs(pictures.numpy() - self.drawn[wanted]).max() <= 1e-3 * self.drawn[wanted].std())


@pytest.fixture(scope="module", params=FILES)
def reference(request: pytest.FixtureRequest, sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    """Each file in turn."""
    name, folder = request.param, sample_data / "snapshots"
    kept = tmp_path_factory.mktemp("reference") / "network.safetensors"
    store.import_snapshot(folder / name, to=kept)
    arrays = f"{Path(name).stem}.npz" if name.endswith("pkl") else "rosinality-64.npz"
    return Reference(name, store.load_network(kept), np.load(folder / arrays))


def rows_of(reference: Reference, *, truncation: float) -> torch.Tensor:
    labels = torch.from_numpy(reference.drawn["c"]) if reference.network.num_classes else None
    return reference.network.mapping(torch.from_numpy(reference.drawn["z"]), truncation=truncation, labels=labels)


def truncated_rows(reference: Reference) -> torch.Tensor:
    """w at truncation 0.7; towards the average that the reference used, where a training file holds none."""
    if reference.name != "rosinality-64-training.pt":
        return rows_of(reference, truncation=0.7)
    average = torch.from_numpy(reference.drawn["latent_avg"]).float()
    return torch.lerp(average.flatten(), rows_of(reference, truncation=1), 0.7)


def test_vectors_are_mapped_alike(reference):
    assert reference.network.num_ws == reference.drawn["num_ws"]
    whole = rows_of(reference, truncation=1)
    assert torch.equal(whole, whole[:, :1].expand_as(whole))
    assert abs(whole[:, :1].numpy() - reference.drawn["w_psi1"]).max() < 1e-4
    if "w_psi07" in reference.drawn:
        assert abs(rows_of(reference, truncation=0.7)[:, :1].numpy() - reference.drawn["w_psi07"]).max() < 1e-4


def test_only_files_without_an_average_draw_towards_a_sampled_one(reference):
    assert reference.network.has_average == (reference.name != "rosinality-64-training.pt")
    if "latent_avg" in reference.drawn:
        spread = reference.drawn["w_psi1"].std()
        assert abs(reference.network.average_w().numpy() - reference.drawn["latent_avg"]).max() < 0.2 * spread


@torch.inference_mode()
def test_pictures_are_those_of_the_reference(reference):
    assert reference.is_near(reference.network.synthesis(truncated_rows(reference)), "image_psi07")


@pytest.mark.parametrize("reference", [name for name in FILES if name.startswith("sg")], indirect=True)
@torch.inference_mode()
def test_rows_of_two_vectors_are_mixed_as_in_the_reference(reference):
    w, half = truncated_rows(reference), reference.network.num_ws // 2
    w[:, half:] = w.flip(0)[:, half:]
    assert reference.is_near(reference.network.synthesis(w), "image_mixed")


@torch.inference_mode()
def test_a_picture_of_four_is_the_picture_alone_bit_by_bit(reference):
    w = truncated_rows(reference)
    together = reference.network.synthesis(w)
    assert torch.equal(reference.network.synthesis(w[2:3]), together[2:3])


@pytest.mark.parametrize("reference", ["sg2ada-64.pkl", "sg3t-64-moved.pkl", "sg3r-64-moved.pkl"], indirect=True)
def test_pictures_that_want_gradients_are_the_same(reference):
    w = truncated_rows(reference)[:1].requires_grad_()

    def draw() -> np.ndarray:
        pictures = reference.network.synthesis(w)
        pictures.square().mean().backward()
        return pictures.detach().numpy()

    pictures = on_one_core(draw)
    assert abs(pictures - reference.drawn["image_psi07"][:1]).max() <= 1e-3 * reference.drawn["image_psi07"].std()
    assert w.grad is not None
    assert (w.grad.abs().sum(dim=(0, 2)) > 0).all()


@pytest.mark.parametrize("reference", [name for name in FILES if name.startswith("sg3")], indirect=True)
def test_designed_filters_are_those_in_the_files(reference):
    assert isinstance(reference.network, StyleGan3)
    stored, designed = reference.network.tensors(), designed_filters(reference.network.config)
    assert set(designed) == {name for name in stored if name.endswith("_filter")}
    assert all((stored[name] - designed[name]).abs().max() < 1e-6 for name in designed)
