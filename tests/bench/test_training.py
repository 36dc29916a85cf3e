"""The training bench against a checkout: a stand-in tree with the reference's interface and our own networks."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]

# Their interface: Generator and Discriminator by keywords, G.mapping, G.synthesis, D(pictures, labels), tensors by
# NVIDIA's names, and a loss that adds up the gradients of one phase.
NETWORKS = """
import torch
from dnnlib import needed
from gpu_service.networks.discriminator import Discriminator as Ours
from gpu_service.networks.discriminator_layout import DiscriminatorConfig
from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.networks.stylegan2_layout import StyleGan2Config


class Generator(torch.nn.Module):
    def __init__(self, z_dim, c_dim, w_dim, img_channels, img_resolution, mapping_kwargs, synthesis_kwargs):
        super().__init__()
        assert (img_channels, synthesis_kwargs["num_fp16_res"], needed) == (3, 0, "here")
        sizes = (synthesis_kwargs[name] for name in ("channel_base", "channel_max", "conv_clamp"))
        self.config = StyleGan2Config(z_dim, w_dim, c_dim, img_resolution, mapping_kwargs["num_layers"], *sizes)

    def load_state_dict(self, state, strict):
        made = StyleGan2.from_tensors(self.config.to_json(), state, device=torch.device("cpu"), dtype=torch.float32)
        self.inside = made
        return [], []

    def mapping(self, z, c):
        return self.inside.mapping(z)

    def synthesis(self, ws):
        return self.inside._synthesis(ws, lambda _layer: None)


class Discriminator(torch.nn.Module):
    def __init__(self, c_dim, img_channels, img_resolution, num_fp16_res, epilogue_kwargs, **maps):
        super().__init__()
        group = epilogue_kwargs["mbstd_group_size"]
        self.config = DiscriminatorConfig(img_resolution, c_dim, mbstd_group=group, **maps)

    def load_state_dict(self, state, strict):
        self.inside = Ours.from_tensors(self.config.to_json(), state, device=torch.device("cpu"))
        return [], []

    def forward(self, pictures, labels):
        return self.inside(pictures)[:, None] + SHIFT
"""
LOSS = """
from torch.nn import functional


class StyleGAN2Loss:
    def __init__(self, device, G_mapping, G_synthesis, D, style_mixing_prob, r1_gamma, pl_weight):
        self.mapping, self.synthesis, self.D = G_mapping, G_synthesis, D
        self.seen = []

    def accumulate_gradients(self, phase, real_img, real_c, gen_z, gen_c, sync, gain):
        self.seen.append((phase, gain))
        assert set(self.seen) <= {("Gmain", 1), ("Greg", 4), ("Dmain", 1), ("Dreg", 16)}
        assert -1 <= float(real_img.min()) <= float(real_img.max()) <= 1
        fakes = self.synthesis(self.mapping(gen_z, gen_c))
        asked = {name: each.requires_grad for name, each in self.D.named_parameters()}
        assert set(asked.values()) == {phase.startswith("D")}
        functional.softplus(-self.D(fakes, gen_c)).mean().mul(gain).backward()
"""


def checkout(folder: Path, *, shift: float = 0.0) -> Path:
    (folder / "training").mkdir(parents=True)
    (folder / "training" / "networks.py").write_text(NETWORKS.replace("SHIFT", repr(shift)))
    (folder / "training" / "loss.py").write_text(LOSS)
    (folder / "dnnlib.py").write_text("needed = 'here'")
    return folder


QUICK = (
    "--sizes 16 --batch 4 --channel-base 256 --seconds 0 --threads 1 --json",
    "--rounds 1 --loader-size 16 --loader-steps 2",
)


def bench(*words: object, data: Path, quick: tuple[str, ...] = QUICK) -> subprocess.CompletedProcess[str]:
    given = [word for words in quick for word in words.split()]
    return subprocess.run(
        [sys.executable, "bench/training.py", *given, *map(str, words)],
        cwd=REPOSITORY,
        env={"PATH": "", "GPU_DATA": str(data), "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_ours_the_plain_form_and_the_checkout_take_the_same_steps_in_turn(tmp_path):
    said = bench("--reference", checkout(tmp_path / "theirs"), data=tmp_path)
    figures = {one["what"]: one for one in json.loads(said.stdout)["figures"]}
    front = "training, 16², batch 4"
    for other in ("plain", "reference"):
        ratio = figures[f"{front}: {other}"]["value"] / figures[f"{front}: ours"]["value"]
        assert abs(figures[f"{front}: {other} ÷ ours"]["value"] - ratio) < 1e-6
    assert figures[f"{front}: reference ÷ ours"]["at_least"] == 2
    assert figures["training, 16², batch 16: step with data ÷ step on a fixed batch"]["at_most"] == 1.05
    assert figures["reading alone, 16², compressed PNG"]["value"] > 0


def test_a_reference_that_judges_otherwise_or_is_none_is_refused(tmp_path):
    refused = bench("--reference", checkout(tmp_path / "theirs", shift=0.5), data=tmp_path)
    assert refused.returncode != 0
    assert "The reference's discriminator judges otherwise" in refused.stderr
    refused = bench("--reference", tmp_path, data=tmp_path)
    assert "holds no checkout with training.networks" in refused.stderr


def test_both_runs_on_few_faces_show_as_many_pictures_and_their_distances_are_compared(tmp_path):
    faces = np.random.default_rng(0).integers(0, 256, (12, 64, 64), np.uint8)
    np.savez(tmp_path / "faces.npz", images=faces)
    quick = ("--size 16 --kimg 0.032 --count 8 --looks 2 --threads 1 --json",)
    said = bench("--faces64", tmp_path / "faces.npz", "--out", tmp_path / "out", data=tmp_path, quick=quick)
    figures = {one["what"].partition("patch_distance ")[2]: one for one in json.loads(said.stdout)["figures"]}
    curves = {name: json.loads((tmp_path / "out" / f"{name}.json").read_text()) for name in ("ada", "none")}
    for name, curve in curves.items():
        assert curve["kimg"] == [0.016, 0.032]
        assert figures[f"at the end, {name}"]["value"] == curve["distance"][-1]
        assert figures[f"at its best, {name}"]["value"] == min(curve["distance"])
    ratio = curves["none"]["distance"][-1] / curves["ada"]["distance"][-1]
    assert abs(figures["without ADA ÷ with"]["value"] - ratio) < 1e-9
    assert (tmp_path / "out" / "ada.png").stat().st_size > 1000
