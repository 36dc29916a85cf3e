"""The fast way draws what the plain one draws; how fast it is, is measured in bench/stylegan.py."""

import pytest
import torch

from gpu_service.networks import fast
from gpu_service.networks.base import Network, to_uint8
from gpu_service.networks.fast import Way
from gpu_service.networks.fast_stylegan2 import taps_of
from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.networks.stylegan2_layout import StyleGan2Config, tensor_shapes
from gpu_service.snapshots.store import import_snapshot, load_network
from tests.conftest import missing

CPU = torch.device("cpu")
LEAST_DB = 50.0


def random_network(**changes: object) -> StyleGan2:
    """A generator of random weights whose pictures have some contrast."""
    settings = {"z_dim": 24, "w_dim": 20, "c_dim": 0, "resolution": 64, "mapping_layers": 2}
    config = StyleGan2Config.from_json(
        {**settings, "channel_base": 2048, "channel_max": 48, "conv_clamp": 256, **changes}
    )
    chance = torch.Generator().manual_seed(4)
    tensors = {name: torch.randn(shape, generator=chance) for name, shape in tensor_shapes(config).items()}
    tap = torch.tensor([1.0, 3, 3, 1])
    for name in tensors:
        if name.endswith("resample_filter"):
            tensors[name] = torch.outer(tap, tap) / 64
        elif name.endswith("affine.bias"):
            tensors[name] += 1
        elif name.startswith("mapping.fc") and name.endswith("weight"):
            tensors[name] *= 100
    return StyleGan2.from_tensors(config.to_json(), tensors, device=CPU, dtype=torch.float32)


@pytest.fixture(scope="module")
def network() -> StyleGan2:
    return random_network()


def rows(network: Network, count: int = 2) -> torch.Tensor:
    z = torch.randn(count, network.z_dim, generator=torch.Generator().manual_seed(2))
    return network.mapping(z, truncation=0.8)


def draw(network: Network, way: Way | None, **more: object) -> torch.Tensor:
    """Two pictures, by that way."""
    with fast.drawing(way), torch.inference_mode():
        return network.synthesis(rows(network), **more)


def likeness_db(pictures: torch.Tensor, wanted: torch.Tensor) -> float:
    """PSNR of 8-bit pictures. Pictures of random weights are first brought to a usual contrast."""
    scale = min(0.5 / wanted.std().item(), 1.0)
    error = (to_uint8(pictures * scale).float() - to_uint8(wanted * scale).float()).square().mean().item()
    return 10 * float(torch.log10(torch.tensor(255**2 / max(error, 1e-9))))


def test_without_a_way_networks_draw_plainly(network):
    assert fast.way() is None
    assert torch.equal(draw(network, None), draw(network, Way("fp32")))
    assert network.prepared.engine(rows(network)) is None


@pytest.mark.parametrize("noise", ["const", "none", "random"])
def test_small_numbers_draw_the_same_pictures(network, noise):
    seeds = [3, 9] if noise == "random" else None
    wanted = draw(network, None, noise_mode=noise, noise=seeds)
    assert likeness_db(draw(network, Way("bf16"), noise_mode=noise, noise=seeds), wanted) >= LEAST_DB
    assert not torch.equal(draw(network, Way("bf16"), noise_mode=noise, noise=seeds), wanted)


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_the_fused_form_is_exact_in_every_precision(network, precision):
    from gpu_service.networks.fast_stylegan2 import FastSynthesis2

    engine = FastSynthesis2([block for _, block in network._synthesis.blocks()], precision)
    wanted = draw(network, None)
    with torch.inference_mode():
        drawn = engine(rows(network), lambda layer: layer.noise_const)
    assert (drawn - wanted).abs().max() < {"fp32": 1e-4, "fp16": 2e-2}[precision] * wanted.std()


def test_half_precision_bears_large_weights():
    network = random_network(resolution=16)
    for layer in (layer for _, block in network._synthesis.blocks() for layer in block.convolutions()):
        layer.weight.mul_(3e4)
        layer.affine.weight.mul_(100)
    assert likeness_db(draw(network, Way("fp16")), draw(network, None)) >= LEAST_DB


def test_the_noise_strength_of_each_picture_is_kept(network):
    strength = torch.tensor([0.0, 2.0])
    wanted = draw(network, None, noise_strength=strength)
    assert likeness_db(draw(network, Way("bf16"), noise_strength=strength), wanted) >= LEAST_DB


def test_the_clamp_holds():
    network = random_network(conv_clamp=0.5)
    wanted = draw(network, None)
    assert wanted.abs().max() <= 0.5 * len(network._synthesis.resolutions)
    assert likeness_db(draw(network, Way("bf16")), wanted) >= LEAST_DB


def test_a_picture_does_not_depend_on_its_batch_the_cores_or_what_was_drawn_before(network):
    usual, drawn = torch.get_num_threads(), []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        with fast.drawing(Way("bf16")), torch.inference_mode():
            w = rows(network, 5)
            drawn.append(network.synthesis(w))
            drawn.append(torch.cat([network.synthesis(w[row : row + 1]) for row in (4, 2, 0, 1, 3)])[[2, 3, 1, 4, 0]])
    torch.set_num_threads(usual)
    assert all(torch.equal(pictures, drawn[0]) for pictures in drawn[1:])


def test_gradients_go_the_plain_way(network):
    w = rows(network).requires_grad_()
    with fast.drawing(Way("bf16")):
        network.synthesis(w).square().mean().backward()
    assert w.grad is not None
    assert w.grad.abs().max() > 0


def test_pictures_can_be_changed_by_whoever_asked_for_them(network):
    with fast.drawing(Way("bf16")):
        for quality in ("film", "preview"):
            network.synthesis(rows(network, 1), quality=quality).mul_(2)


def test_a_filter_without_axes_is_drawn_plainly():
    network = random_network(resolution=8)
    for _, block in network._synthesis.blocks():
        block.resample_filter[0, 3] += 0.1
    assert torch.equal(draw(network, Way("bf16")), draw(network, None))
    assert taps_of(torch.full((4, 4), 1 / 16)).tolist() == [0.5] * 4


def test_prepared_weights_are_counted():
    network = random_network()
    assert network.prepared.number_of_bytes() == 0
    draw(network, Way("bf16"))
    weights = sum(layer.weight.numel() for _, block in network._synthesis.blocks() for layer in block.convolutions())
    assert network.prepared.number_of_bytes() >= 2 * weights


@pytest.mark.parametrize("name", ["sg2ada-256", "sg2ada-128-labels"])
def test_trained_networks_look_the_same_in_small_numbers(sample_data, tmp_path, name):
    import_snapshot(sample_data / "snapshots" / f"{name}.pkl", to=tmp_path / "net.safetensors")
    network = load_network(tmp_path / "net.safetensors")
    assert likeness_db(draw(network, Way("bf16")), draw(network, None)) >= LEAST_DB


def test_the_precision_is_one_that_the_processor_has():
    assert fast.best_precision(CPU) in ("fp32", "bf16")


@pytest.mark.soak
def test_compiled_steps_draw_what_the_pieces_draw(network):
    """Half a minute of a C++ compiler."""
    if not fast.compiler_is_there(CPU):
        missing("There is no C++ compiler.")
    in_pieces = draw(network, Way("bf16"))
    fast.compile_steps("bf16", CPU)
    assert fast.is_compiled("bf16", CPU)
    compiled = draw(network, Way("bf16", compiled=True))
    assert (compiled - in_pieces).abs().max() < 1e-2 * in_pieces.std()
    assert torch.equal(compiled, draw(network, Way("bf16", compiled=True)))
