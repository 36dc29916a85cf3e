"""The StyleGAN bench against a checkout: a stand-in tree with the reference's interface and our own plain form."""

import json
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# Their interface: Generator(z_dim, …, mapping_kwargs, synthesis_kwargs), tensors mapping.* and synthesis.*, and
# synthesis(ws, noise_mode=, force_fp32=).
STAND_IN = """
import torch
from dnnlib import needed
from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from bench._plain_stylegan2 import plain_synthesis


class Synthesis(torch.nn.Module):
    def forward(self, ws, noise_mode, force_fp32):
        assert (noise_mode, force_fp32, needed) == ("const", True, "here")
        return plain_synthesis(self.whole[0], ws) + SHIFT


class Generator(torch.nn.Module):
    def __init__(self, z_dim, c_dim, w_dim, img_channels, img_resolution, mapping_kwargs, synthesis_kwargs):
        super().__init__()
        assert img_channels == 3
        sizes = (synthesis_kwargs[name] for name in ("channel_base", "channel_max", "conv_clamp"))
        self.config = StyleGan2Config(z_dim, w_dim, c_dim, img_resolution, mapping_kwargs["num_layers"], *sizes)
        self.synthesis = Synthesis()

    def load_state_dict(self, state, strict):
        cpu = torch.device("cpu")
        whole = StyleGan2.from_tensors(self.config.to_json(), state, device=cpu, dtype=torch.float32)
        self.synthesis.whole = [whole]
        return [], []
"""


def checkout(folder: Path, *, shift: float = 0.0) -> Path:
    (folder / "training").mkdir(parents=True)
    (folder / "training" / "networks.py").write_text(STAND_IN.replace("SHIFT", repr(shift)))
    (folder / "dnnlib.py").write_text("needed = 'here'")
    return folder


def bench(*words: object, data: Path) -> subprocess.CompletedProcess[str]:
    quick = ["--sizes", "16", "--seconds", "0", "--eager", "--threads", "1", "--precision", "bf16", "--json"]
    return subprocess.run(
        [sys.executable, "bench/stylegan.py", *quick, *map(str, words)],
        cwd=REPOSITORY,
        env={"PATH": "", "GPU_DATA": str(data), "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_rows_compare_with_the_checkout_that_was_given(tmp_path):
    rows = json.loads(bench("--reference", checkout(tmp_path / "theirs"), data=tmp_path).stdout)
    assert [(row["size"], row["batch"]) for row in rows] == [(16, 1), (16, 4)]
    for row in rows:
        assert row["psnr_db"] > 50
        assert row["ratio"] > 0
        assert 0 < row["peak_share"] < 1.5
        assert row["reference_fps"] > 0
        assert row["ours_fps"] > 0


def test_a_reference_that_draws_otherwise_shows_in_the_likeness(tmp_path):
    rows = json.loads(bench("--reference", checkout(tmp_path / "theirs", shift=0.5), data=tmp_path).stdout)
    assert all(row["psnr_db"] < 40 for row in rows)


def test_a_folder_without_a_checkout_is_refused_by_name(tmp_path):
    refused = bench("--reference", tmp_path, data=tmp_path)
    assert refused.returncode != 0
    assert "holds no checkout with training.networks.Generator" in refused.stderr
