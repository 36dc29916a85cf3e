"""Inception-v3 from the operator's file: layers as its table says."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from gpu_service.errors import RenderError
from gpu_service.networks.inceptionv3 import BLOCKS, InceptionV3, read_inception

CPU = torch.device("cpu")
# Channels and side at 299 pixels, from the table beside the file.
AT_299 = {
    "conv": (32, 149),
    "conv_1": (32, 147),
    "conv_2": (64, 147),
    "pool": (64, 73),
    "conv_3": (80, 73),
    "conv_4": (192, 71),
    "pool_1": (192, 35),
    "mixed": (256, 35),
    "mixed_1": (288, 35),
    "mixed_2": (288, 35),
    **{f"mixed_{number}": (768, 17) for number in range(3, 8)},
    "mixed_8": (1280, 8),
}


@pytest.fixture(scope="module")
def file(sample_data: Path) -> Path:
    return sample_data / "inceptionv3" / "inception_v3_2015.safetensors"


@pytest.fixture(scope="module")
def tensors(file: Path) -> dict[str, Tensor]:
    return load_file(file)


def test_layers_have_the_channels_and_sides_of_the_table(file: Path):
    network = read_inception(file, device=CPU)
    with torch.inference_mode():
        found = network(torch.zeros(1, 3, 299, 299), tuple(AT_299))
    assert {name: (x.shape[1], x.shape[2]) for name, x in found.items()} == AT_299
    assert network.last == "mixed_8"
    assert list(network.channels.items()) == [(name, channels) for name, (channels, _side) in AT_299.items()]


def test_every_number_up_to_mixed_8_is_used_as_it_stands(file: Path, tensors: dict[str, Tensor]):
    network = read_inception(file, device=CPU)
    used = {name.removeprefix("_convs."): tensor for name, tensor in network.state_dict().items()}
    assert set(used) == {name for name in tensors if not name.startswith("mixed_9")}
    assert all(torch.equal(tensor, tensors[name].float()) for name, tensor in used.items())


def test_a_block_is_its_branches_side_by_side(file: Path, tensors: dict[str, Tensor]):
    """mixed_4 once more, sum by sum: its order of branches, kernels of height × width, padding that is not counted."""
    network = read_inception(file, device=CPU)
    with torch.inference_mode():
        found = network(
            torch.rand(1, 3, 111, 111, generator=torch.Generator().manual_seed(2)) - 0.5, ("mixed_3", "mixed_4")
        )
    x, y = found["mixed_3"][0], found["mixed_4"][0]
    side = x.shape[-1]

    def conv(x: Tensor, name: str, row: int, column: int) -> Tensor:
        """Its values at one place."""
        weight, bias = tensors[f"mixed_4_{name}.weight"].float(), tensors[f"mixed_4_{name}.bias"].float()
        high, wide = weight.shape[2] // 2, weight.shape[3] // 2
        total = bias.clone()
        for down in range(-high, high + 1):
            for right in range(-wide, wide + 1):
                if 0 <= row + down < side and 0 <= column + right < side:
                    total += weight[:, :, down + high, right + wide] @ x[:, row + down, column + right]
        return total.relu()

    def plane(x: Tensor, name: str) -> Tensor:
        values = [torch.stack([conv(x, name, row, column) for column in range(side)], dim=1) for row in range(side)]
        return torch.stack(values, dim=1)

    around = x[:, max(0, 1 - 1) : 3, 0:2].flatten(1).mean(dim=1)  # at row 1, column 0: six places, not nine
    pooled = tensors["mixed_4_tower_2_conv.weight"].float()[:, :, 0, 0] @ around
    assert torch.allclose(y[:192, 1, 0], conv(x, "conv", 1, 0), atol=1e-3)
    assert torch.allclose(y[576:, 1, 0], (pooled + tensors["mixed_4_tower_2_conv.bias"].float()).relu(), atol=1e-3)
    tower = plane(plane(plane(x, "tower_conv"), "tower_conv_1"), "tower_conv_2")
    assert torch.allclose(y[192:384], tower, atol=1e-3)


def test_gradients_reach_the_picture_and_no_weight(file: Path):
    network = read_inception(file, device=CPU)
    picture = torch.rand(1, 3, 75, 75, requires_grad=True)
    network(picture, ("mixed",))["mixed"].square().sum().backward()
    assert picture.grad is not None
    assert picture.grad.abs().sum() > 0
    assert all(not weight.requires_grad for weight in network.parameters())


def test_a_whole_file_gives_the_last_layer(tensors: dict[str, Tensor]):
    """Random numbers in place of the tensors that the file lacks: shapes alone are looked at."""
    whole = dict(tensors) | {
        f"{name}.{part}": torch.zeros(shape if part == "weight" else shape[:1])
        for name, shape in rest_of_the_network().items()
        for part in ("weight", "bias")
    }
    network = InceptionV3(whole)
    assert network.last == list(BLOCKS)[-1] == "mixed_10"
    with torch.inference_mode():
        assert network(torch.zeros(1, 3, 75, 75))["mixed_10"].shape[:2] == (1, 2048)


def rest_of_the_network() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for block, inputs in (("mixed_9", 1280), ("mixed_10", 2048)):
        shapes |= {
            f"{block}_conv": (320, inputs, 1, 1),
            f"{block}_tower_conv": (384, inputs, 1, 1),
            f"{block}_tower_mixed_conv": (384, 384, 1, 3),
            f"{block}_tower_mixed_conv_1": (384, 384, 3, 1),
            f"{block}_tower_1_conv": (448, inputs, 1, 1),
            f"{block}_tower_1_conv_1": (384, 448, 3, 3),
            f"{block}_tower_1_mixed_conv": (384, 384, 1, 3),
            f"{block}_tower_1_mixed_conv_1": (384, 384, 3, 1),
            f"{block}_tower_2_conv": (192, inputs, 1, 1),
        }
    return shapes


def test_a_wrong_shape_is_named(tensors: dict[str, Tensor], tmp_path: Path):
    wrong = dict(tensors) | {"mixed_4_conv.bias": torch.zeros(3)}
    save_file(wrong, tmp_path / "odd.safetensors")
    with pytest.raises(RenderError, match=r"odd\.safetensors .*mixed_4_conv\.bias is of shape \(3,\), not \(192,\)"):
        read_inception(tmp_path / "odd.safetensors", device=CPU)


def test_other_tensors_are_no_inception(tmp_path: Path):
    save_file({"a": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(RenderError, match="holds no Inception-v3"):
        read_inception(tmp_path / "other.safetensors", device=CPU)
