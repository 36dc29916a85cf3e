"""The plan of StyleGAN3's layers against what its files say."""

import pytest

from gpu_service.networks.stylegan2_layout import LayoutError
from gpu_service.networks.stylegan3_layout import StyleGan3Config, layer_plans, tensor_shapes

SIZES = {"z_dim": 512, "w_dim": 512, "c_dim": 0, "mapping_layers": 2}
T1024 = StyleGan3Config(**SIZES, resolution=1024)
R1024 = StyleGan3Config(
    **SIZES, resolution=1024, channel_base=65536, channel_max=1024, conv_kernel=1, use_radial_filters=True
)


def test_the_layers_of_1024_t_have_their_published_names():
    assert " ".join(plan.name for plan in layer_plans(T1024)) == (
        "L0_36_512 L1_36_512 L2_52_512 L3_52_512 L4_84_512 L5_148_512 L6_148_512 L7_276_323 L8_276_203 L9_532_128 "
        "L10_1044_81 L11_1044_51 L12_1044_32 L13_1024_32 L14_1024_3"
    )


@pytest.mark.parametrize("resolution", [128, 256, 1024])
def test_the_paddings_are_those_that_the_specification_checked(resolution):
    paddings = {
        (plan.kernel, plan.up): plan.padding
        for plan in layer_plans(StyleGan3Config(**SIZES, resolution=resolution))[:13]
    }
    assert paddings == {(3, 2): (9, 8), (3, 4): (-6, -9)}
    assert layer_plans(StyleGan3Config(**SIZES, resolution=resolution))[13].padding == (-11, -12)
    radial = StyleGan3Config(**SIZES, resolution=resolution, conv_kernel=1, use_radial_filters=True)
    assert {plan.padding for plan in layer_plans(radial)[:-1]} == {(11, 10), (-2, -5), (-9, -10)}
    assert layer_plans(radial)[-1].padding == (0, 0)


def test_filters_are_radial_where_nothing_is_lost():
    assert [plan.is_radial for plan in layer_plans(R1024)] == [True] * 12 + [False] * 3
    shapes = tensor_shapes(R1024)
    assert shapes["synthesis.L0_36_1024.down_filter"] == (12, 12)
    assert shapes["synthesis.L12_1044_64.down_filter"] == (12,)
    assert "synthesis.L14_1024_3.up_filter" not in shapes


@pytest.mark.parametrize("config", [T1024, R1024])
def test_there_are_114_tensors_and_16_rows(config):
    assert len(tensor_shapes(config)) == 114
    assert config.num_ws == 16


def test_settings_come_back_from_json():
    assert StyleGan3Config.from_json(R1024.to_json()) == R1024
    with pytest.raises(LayoutError, match="described by"):
        StyleGan3Config.from_json({"z_dim": 4})


@pytest.mark.parametrize(
    "change",
    [
        {"resolution": 100},
        {"resolution": 1 << 20},
        {"num_layers": 10**9},
        {"num_critical": 14},
        {"conv_kernel": 2},
        {"first_cutoff": float("nan")},
        {"first_stopband": -1.0},
        {"first_stopband": 1e-6},
        {"first_cutoff": 1e-6},
        {"conv_clamp": "x"},
        {"use_radial_filters": 1},
        {"w_dim": True},
    ],
)
def test_impossible_settings_are_refused(change):
    with pytest.raises(LayoutError):
        StyleGan3Config.from_json({**T1024.to_json(), **change})
