"""How far pictures are apart: golden numbers, real networks of features, what cannot be had said."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from gpu_service.errors import RenderError
from gpu_service.networks.chains import VGG_CONVS, read_chain
from gpu_service.networks.discriminator import random_discriminator
from gpu_service.networks.discriminator_layout import DiscriminatorConfig
from gpu_service.projection.encoder import trained_encoder
from gpu_service.projection.losses import Judged, Losses, Seen, choose_losses, directions, pixels, read_seen
from tests.gpu_service.projection import little

CPU = torch.device("cpu")


def pictures(seed: int, count: int = 2, side: int = 32) -> torch.Tensor:
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def test_pixels_are_mean_squares_at_every_size():
    one, other = pictures(0).double(), pictures(1).double()
    expected, first, second, levels = np.zeros(2), one.numpy(), other.numpy(), 3
    for _ in range(levels):
        expected += 4 / levels * np.square(first - second).mean(axis=(1, 2, 3))
        half = first.shape[-1] // 2
        first, second = (each.reshape(2, 3, half, 2, half, 2).mean(axis=(3, 5)) for each in (first, second))
    losses = Losses([pixels])
    assert losses.apart(one, losses.look(other)).numpy() == pytest.approx(expected)
    assert losses.apart(one, losses.look(one)).tolist() == [0, 0]


def test_directions_are_compared_place_by_place():
    one, other = torch.randn(2, 5, 4, 4, dtype=torch.float32), torch.randn(2, 5, 4, 4)
    apart = (directions(one) - directions(3 * other)).square().flatten(1).sum(dim=1)
    cosine = (one * other).sum(1) / (one.norm(dim=1) * other.norm(dim=1))
    assert apart.numpy() == pytest.approx((2 - 2 * cosine).mean(dim=(1, 2)).numpy(), rel=1e-4)


def test_the_snapshots_own_discriminator_tells_pictures_apart():
    config = DiscriminatorConfig(resolution=32, channel_base=256, channel_max=16)
    losses = Losses([Judged(random_discriminator(config, 1))])
    target = pictures(3)
    near, far = (target + 0.05 * pictures(4)).requires_grad_(True), pictures(5)
    wanted = losses.look(target)
    assert (losses.apart(near, wanted) < 0.5 * losses.apart(far, wanted)).all()
    losses.apart(near, wanted).sum().backward()
    assert near.grad is not None
    assert near.grad.abs().sum() > 0


@pytest.mark.parametrize(
    "name",
    [
        "squeezenet/squeezenet_v1.0.safetensors",
        "squeezenet/squeezenet_v1.1_features.safetensors",
        "inceptionv3/inception_v3_2015.safetensors",
    ],
)
def test_real_networks_find_a_blurred_portrait_nearer_than_another_one(sample_data: Path, name: str):
    seen = read_seen(sample_data / name, device=CPU)
    portrait, other = (
        torch.from_numpy(np.array(Image.open(sample_data / "portraits" / file).convert("RGB").resize((64, 64))))
        .permute(2, 0, 1)[None]
        .float()
        / 127.5
        - 1
        for file in ("obama_official.jpg", "astronaut.png")
    )
    softer = torch.nn.functional.avg_pool2d(portrait, 3, stride=1, padding=1)
    losses = Losses([seen])
    wanted = losses.look(portrait)
    assert float(losses.apart(portrait, wanted)) == 0
    assert float(losses.apart(softer, wanted)) < 0.7 * float(losses.apart(other, wanted))


def vgg(folder: Path, *, lines: bool = False, spoilt: str = "") -> Path:
    chance, inputs, tensors = torch.Generator().manual_seed(0), 3, {}
    for convs, outputs in zip(VGG_CONVS, (64, 128, 256, 512, 512), strict=True):
        for conv in convs:
            weight = torch.randn(outputs, inputs, 3, 3, generator=chance) * (2 / (inputs * 9)) ** 0.5
            tensors[f"features.{conv}.weight"], tensors[f"features.{conv}.bias"] = weight, torch.zeros(outputs)
            inputs = outputs
    if lines:
        for place, width in enumerate((64, 128, 256, 512, 512)):
            tensors[f"lin{place}.model.1.weight"] = torch.full((1, width, 1, 1), float(place == 1))
    tensors.pop(spoilt, None)
    save_file(tensors, folder / "vgg16.safetensors")
    return folder / "vgg16.safetensors"


def test_vgg16_is_read_with_and_without_the_weights_of_lpips(tmp_path: Path):
    one, other = pictures(1, 1), pictures(2, 1)
    plain = read_seen(vgg(tmp_path), device=CPU)(one)
    assert [rows.shape[1:] for rows in plain] == [
        (64, 32, 32),
        (128, 16, 16),
        (256, 8, 8),
        (512, 4, 4),
        (512, 2, 2),
    ]
    chain = read_chain(vgg(tmp_path, lines=True), device=CPU)
    assert chain is not None
    seen = Losses([Seen(chain)])
    # Only the second layer counts: its mean squared difference of directions.
    second = [each[1][0] / each[1][0].norm(dim=1, keepdim=True) for each in (chain(one), chain(other))]
    expected = (second[0] - second[1]).square().sum(dim=1).mean()
    assert float(seen.apart(one, seen.look(other))) == pytest.approx(float(expected), rel=1e-4)


def test_a_file_that_is_no_such_network_is_refused(tmp_path: Path):
    with pytest.raises(RenderError, match=r"features\.7\.bias is missing"):
        read_seen(vgg(tmp_path, spoilt="features.7.bias"), device=CPU)
    (tmp_path / "x.safetensors").write_bytes(b"nothing")
    with pytest.raises(RenderError, match="cannot be read"):
        read_seen(tmp_path / "x.safetensors", device=CPU)


def test_what_is_not_there_is_said_or_done_without():
    losses, notes = choose_losses(["discriminator"], discriminator=None, features=None, device=CPU)
    assert len(losses.measures) == 1
    assert "without its discriminator" in notes[0]
    with pytest.raises(RenderError, match="no network for them"):
        choose_losses(["features"], discriminator=None, features=None, device=CPU)


def test_an_encoder_of_the_snapshots_own_samples_begins_nearer_than_the_mean(tmp_path: Path):
    of, said = little.easel(), []
    guess = trained_encoder(of, folder=tmp_path, seed=0, say=said.append, pairs=1024)
    w = of.spread.mean + 0.7 * (of.samples(16, seed=77) - of.spread.mean)
    targets = of.as_pictures(of.final(w))

    found = guess(targets)

    assert (found - w).norm() < 0.6 * (of.spread.mean - w).norm()
    assert "encoder was trained" in said[0].text
    again = trained_encoder(of, folder=tmp_path, seed=0, say=said.append)
    assert torch.equal(again(targets), found)
    assert len(said) == 1
