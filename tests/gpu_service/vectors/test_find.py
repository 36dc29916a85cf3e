"""SeFa and GANSpace against their definitions."""

import numpy as np
import pytest
import torch

from gpu_service.errors import RenderError
from gpu_service.networks.cppn import make_cppn
from gpu_service.protocol import DirectionsOrder, Rows
from gpu_service.vectors.find import find_directions, sample_w
from tests.gpu_service.vectors.nets import little_stylegan2

SHA = "a" * 64


def found(network, method, **more):
    return find_directions(network, DirectionsOrder(method=method, samples=400, **more), snapshot_sha256=SHA)


@pytest.mark.parametrize("method", ["sefa", "ganspace"])
def test_directions_are_orthonormal_strongest_first_and_of_one_sign(network, method):
    directions = found(network, method, count=6)
    rows, shares = directions.directions, directions.facts.shares
    assert rows.shape == (6, 10)
    assert np.allclose(rows @ rows.T, np.eye(6), atol=1e-5)
    assert sorted(shares, reverse=True) == shares
    assert 0 < sum(shares) < 1
    assert (rows[np.arange(6), np.abs(rows).argmax(axis=1)] > 0).all()
    assert (directions.facts.method, directions.facts.snapshot_sha256, directions.facts.samples) == (method, SHA, 400)


def test_sefa_is_what_moves_the_styles_of_all_layers_most(network):
    """The right singular vectors of the affine layers, by another road than eigenvectors."""
    tensors = network.tensors()
    affines = [tensor.numpy() for name, tensor in tensors.items() if ".conv" in name and name.endswith("affine.weight")]
    _, strengths, rows = np.linalg.svd(np.concatenate(affines).astype(np.float64), full_matrices=False)
    directions = found(network, "sefa", count=10)
    assert np.allclose(np.abs(np.sum(directions.directions * rows, axis=1)), 1, atol=1e-4)
    assert directions.facts.shares == pytest.approx(list(strengths**2 / np.sum(strengths**2)), rel=1e-3)


def test_sefa_can_look_at_some_rows_alone(network):
    first = network.tensors()["synthesis.b4.conv1.affine.weight"].numpy().astype(np.float64)
    strongest = np.linalg.svd(first)[2][0]
    directions = found(network, "sefa", count=1, rows=Rows(first=0, end=1))
    assert abs(directions.directions[0] @ strongest) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("method", ["sefa", "ganspace"])
@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        (Rows(first=30), "row 30"),
        (Rows(first=0, end=40), "rows 0 to 39"),
        (Rows(first=3, end=1), "rows 3 to 0, which are none"),
    ],
)
def test_rows_that_the_network_has_not_are_refused(network, method, rows, asked):
    with pytest.raises(RenderError) as caught:
        found(network, method, rows=rows)
    assert str(caught.value) == f"This was to look at {asked}; this network has rows 0 to {network.num_ws - 1}."


def test_ganspace_is_where_w_varies_most(network):
    samples = sample_w(network, 400)
    directions = found(network, "ganspace", count=10)
    _, spreads, rows = np.linalg.svd(samples - samples.mean(axis=0), full_matrices=False)
    assert np.allclose(np.abs(np.sum(directions.directions * rows, axis=1)), 1, atol=1e-3)
    assert np.allclose(directions.scale, spreads / np.sqrt(400), rtol=1e-3)
    assert np.allclose(directions.mean, samples.mean(axis=0), atol=1e-6)


@pytest.mark.parametrize("method", ["sefa", "ganspace"])
def test_one_amount_is_one_standard_deviation_of_w(network, method):
    samples, directions = sample_w(network, 400), found(network, method, count=4)
    assert np.allclose(directions.scale, np.std(samples @ directions.directions.T, axis=0), rtol=1e-4)


def test_samples_are_nvidias_way_of_drawing_z(network):
    z = np.random.RandomState(0).randn(400, 12).astype(np.float32)
    assert np.allclose(sample_w(network, 400), network.mapping(torch.from_numpy(z))[:, 0].numpy(), atol=1e-5)


def test_a_network_with_classes_is_sampled_through_all_of_them(labelled):
    z = np.random.RandomState(0).randn(7, 12).astype(np.float32)
    labels = torch.eye(3)[[0, 1, 2, 0, 1, 2, 0]]
    assert np.allclose(
        sample_w(labelled, 7), labelled.mapping(torch.from_numpy(z), labels=labels)[:, 0].numpy(), atol=1e-6
    )


def test_a_pattern_network_has_directions_too():
    pattern = make_cppn("smoke", seed=1)
    for method in ("sefa", "ganspace"):
        directions = found(pattern, method, count=128)
        assert directions.directions.shape == (16, 16)  # no more than w has numbers
        assert (directions.scale > 0).all()


def test_weights_that_are_no_numbers_are_a_sentence():
    broken = little_stylegan2()
    broken.tensors()["synthesis.b8.conv0.affine.weight"].fill_(float("nan"))
    with pytest.raises(RenderError, match="NaN"):
        found(broken, "sefa")
