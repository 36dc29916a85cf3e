"""From floats to pictures, and import without torch."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

import gpu_service
from gpu_service.networks.base import fit, to_uint8, unpadded

ROOT = Path(gpu_service.__file__).resolve().parent.parent


def test_minus_one_is_black_and_one_is_white():
    values = torch.tensor([-3.0, -1.0, 0.0, 1.0, 3.0])
    assert to_uint8(values).tolist() == [0, 0, 128, 255, 255]


def test_every_level_survives_the_way_through_minus_one_to_one():
    levels = torch.arange(256)
    assert torch.equal(to_uint8(levels / 255 * 2 - 1), levels.to(torch.uint8))


def test_fitting_keeps_the_middle_and_the_proportions():
    picture = torch.zeros(1, 3, 40, 40)
    picture[..., 10:30, 10:30] = 1
    wide = fit(picture, (20, 40))
    assert wide.shape == (1, 3, 20, 40)
    assert torch.equal(wide, picture[:, :, 10:30])
    assert fit(picture, None) is picture


@pytest.mark.parametrize(("aspect", "size"), [(0.75, (40, 30)), (4 / 3, (30, 40)), (1.0, (40, 40)), (0.6, (40, 24))])
def test_what_was_padded_is_cut_to_its_shape(aspect, size):
    picture = torch.rand(1, 3, 40, 40)
    kept = unpadded(picture, aspect)
    assert tuple(kept.shape[-2:]) == size
    top, left = (40 - size[0]) // 2, (40 - size[1]) // 2
    assert torch.equal(kept, picture[..., top : top + size[0], left : left + size[1]])
    # A square film covers its frame with what was photographed alone.
    assert torch.equal(fit(picture, (40, 40), aspect), fit(kept, (40, 40)))
    assert fit(picture, None, aspect) is picture


def test_registry_and_layouts_load_without_torch():
    program = (
        "import sys, gpu_service.networks, gpu_service.networks.cppn_species, gpu_service.networks.stylegan2_layout,"
        " gpu_service.snapshots.reader, gpu_service.snapshots.store, gpu_service.snapshots.child\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60, check=False).returncode == 0
