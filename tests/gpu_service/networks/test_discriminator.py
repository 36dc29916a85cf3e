import numpy as np
import pytest
import torch

from gpu_service.networks.discriminator import Discriminator, add_deviation, random_discriminator
from gpu_service.networks.discriminator_layout import DiscriminatorConfig, tensor_shapes

TINY = DiscriminatorConfig(8, channel_base=32, channel_max=6, mbstd_group=2, conv_clamp=1.0)
FILTER = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 64


def correlate(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Without padding. x [C, H, W], kernel [O, C, k, k] -> [O, H - k + 1, W - k + 1]"""
    size = kernel.shape[-1]
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
    return np.einsum("chwyx,ocyx->ohw", windows, kernel)


def pad(x: np.ndarray, width: int) -> np.ndarray:
    return np.pad(x, [(0, 0), (width, width), (width, width)])


def smoothed(x: np.ndarray, padding: int) -> np.ndarray:
    return np.stack([correlate(pad(plane[None], padding), FILTER[None, None])[0] for plane in x])


def bent(x: np.ndarray, bias: np.ndarray, gain: float, clamp: float) -> np.ndarray:
    x = x + bias[:, None, None]
    return np.clip(np.where(x > 0, x, 0.2 * x) * np.sqrt(2) * gain, -clamp * gain, clamp * gain)


def judged_slowly(tensors: dict[str, np.ndarray], pictures: np.ndarray) -> np.ndarray:
    """Karras et al. 2020 layer by layer, gains where the paper has them. Residual, 8 pixels, groups of 2, clamp 1."""
    half, maps = np.sqrt(0.5), []

    def weight(name: str) -> np.ndarray:
        stored = tensors[f"{name}.weight"]
        return stored / np.sqrt(stored[0].size)

    for picture in pictures:
        x = bent(correlate(picture, weight("b8.fromrgb")), tensors["b8.fromrgb.bias"], 1, 1)
        around = correlate(smoothed(x, 1)[:, ::2, ::2], weight("b8.skip")) * half
        x = bent(correlate(pad(x, 1), weight("b8.conv0")), tensors["b8.conv0.bias"], 1, 1)
        x = correlate(smoothed(x, 2), weight("b8.conv1"))[:, ::2, ::2]
        maps.append(around + bent(x, tensors["b8.conv1.bias"], half, 1))
    maps = np.stack(maps)
    for first in range(0, len(maps), 2):
        spread = np.sqrt(maps[first : first + 2].var(axis=0) + 1e-8).mean()
        tensors.setdefault("spreads", []).append(spread)
    scores = []
    for index, x in enumerate(maps):
        plane = np.full((1, 4, 4), tensors["spreads"][index // 2])
        x = bent(correlate(pad(np.concatenate([x, plane]), 1), weight("b4.conv")), tensors["b4.conv.bias"], 1, 1)
        y = weight("b4.fc") @ x.ravel() + tensors["b4.fc.bias"]
        y = np.where(y > 0, y, 0.2 * y) * np.sqrt(2)
        scores.append((weight("b4.out") @ y + tensors["b4.out.bias"])[0])
    return np.array(scores)


def test_scores_are_those_of_the_paper_layer_by_layer():
    network = random_discriminator(TINY, seed=3)
    with torch.no_grad():
        for name, value in network.named_parameters():
            if name.endswith("bias"):
                value.copy_(torch.randn(value.shape, generator=torch.Generator().manual_seed(len(name))))
    pictures = torch.randn(4, 3, 8, 8, generator=torch.Generator().manual_seed(5))
    tensors = {name: tensor.double().numpy() for name, tensor in network.tensors().items()}
    with torch.no_grad():
        assert network(pictures).numpy() == pytest.approx(judged_slowly(tensors, pictures.double().numpy()), abs=1e-4)


def test_the_deviation_of_a_group_is_that_of_numpy_and_others_do_not_matter():
    maps = torch.randn(6, 4, 3, 3, generator=torch.Generator().manual_seed(1))
    planes = add_deviation(maps, group=3, channels=2)[:, 4:].numpy()
    for first in (0, 3):
        for part in range(2):
            chosen = maps[first : first + 3, 2 * part : 2 * part + 2].double().numpy()
            wanted = np.sqrt(chosen.var(axis=0) + 1e-8).mean()
            assert planes[first : first + 3, part] == pytest.approx(wanted, rel=1e-5)
    assert torch.equal(add_deviation(maps[:3], group=3, channels=2), add_deviation(maps, group=3, channels=2)[:3])


@pytest.mark.parametrize("architecture", ["orig", "skip", "resnet"])
@pytest.mark.parametrize("classes", [0, 3])
def test_every_architecture_has_the_tensors_of_its_layout_and_judges(architecture, classes):
    config = DiscriminatorConfig(
        16, c_dim=classes, channel_base=64, channel_max=8, architecture=architecture, cmap_dim=5 if classes else 0
    )
    network = random_discriminator(config, seed=0)
    assert {name: tuple(tensor.shape) for name, tensor in network.tensors().items()} == tensor_shapes(config)
    labels = torch.eye(3)[torch.arange(4) % 3] if classes else None
    scores = network(torch.randn(4, 3, 16, 16), labels)
    assert scores.shape == (4,)
    assert scores.isfinite().all()
    if labels is not None:
        assert not torch.equal(scores, network(torch.randn(4, 3, 16, 16), labels.roll(1, 0)))


def test_bf16_and_the_other_way_to_halve_give_nearly_the_same_scores():
    network = random_discriminator(DiscriminatorConfig(32, channel_base=512, channel_max=16), seed=2)
    pictures = torch.randn(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        plain, small = network(pictures), network(pictures, dtype=torch.bfloat16)
    assert small.numpy() == pytest.approx(plain.numpy(), abs=0.05)
    assert not torch.equal(plain, small)


def test_freezing_begins_at_the_pictures_side():
    network = random_discriminator(DiscriminatorConfig(16, channel_base=64, channel_max=8), seed=0)
    network.freeze(5)  # four layers of the first block, one of the second
    asking = {name for name, value in network.named_parameters() if not value.requires_grad}
    assert {name.rpartition(".")[0] for name in asking} == {
        "b16.fromrgb",
        "b16.conv0",
        "b16.conv1",
        "b16.skip",
        "b8.conv0",
    }


def test_a_network_comes_back_from_its_tensors():
    network = random_discriminator(TINY, seed=1)
    again = Discriminator.from_tensors(network.to_json(), network.tensors(), device=torch.device("cpu"))
    pictures = torch.randn(2, 3, 8, 8)
    assert torch.equal(network(pictures), again(pictures))
