"""What can be measured at a snapshot: how each figure is called, read and where it comes from. No torch."""

from dataclasses import dataclass
from typing import Literal

from gpu_service.protocol.training import Metric

NOT_COMPARABLE = "FID on other features is not comparable with published figures."


@dataclass(frozen=True)
class Figure:
    """`better`: which way a network improves; "near_1" is a ratio to the data."""

    title: str
    unit: str
    better: Literal["lower", "higher", "near_1"]
    text: str
    source: str


FIGURES: dict[str, Figure] = {
    "sharpness": Figure(
        title="Sharpness",
        unit="× the data",
        better="near_1",
        text="Contrast of the finest detail against the data's: below 1 is blurred, above 1 is noisy.",
        source="Energy of the Laplacian: Pech-Pacheco et al., “Diatom autofocusing in brightfield microscopy”, 2000.",
    ),
    "diversity": Figure(
        title="Diversity",
        unit="× the data",
        better="near_1",
        text="Mean distance of two pictures, at 16 × 16 pixels, against two of the data: near 0 all are alike.",
        source="Mean pairwise distance, as Odena et al. (AC-GAN, 2017) take it from MS-SSIM.",
    ),
    "patch_distance": Figure(
        title="Patch distance",
        unit="× 1000",
        better="lower",
        text="How far patches of 7 × 7 pixels at every scale lie from those of the data. Needs no features.",
        source="Sliced Wasserstein distance of Laplacian pyramids: Karras et al., “Progressive Growing of GANs”, 2018.",
    ),
    "fid": Figure(
        title="FID",
        unit="",
        better="lower",
        text="Fréchet distance of two Gaussians, one laid over each set's features. " + NOT_COMPARABLE,
        source="Heusel et al., “GANs Trained by a Two Time-Scale Update Rule”, 2017.",
    ),
    "kid": Figure(
        title="KID",
        unit="× 1000",
        better="lower",
        text="Distance of the features by a kernel, without FID's error for few pictures; may lie a little below 0.",
        source="Bińkowski et al., “Demystifying MMD GANs”, 2018.",
    ),
    "precision": Figure(
        title="Precision",
        unit="share",
        better="higher",
        text="Share of the made pictures that lie among the data.",
        source="Kynkäänniemi et al., “Improved Precision and Recall Metric”, 2019, k = 3.",
    ),
    "recall": Figure(
        title="Recall",
        unit="share",
        better="higher",
        text="Share of the data that lies among the made pictures.",
        source="Kynkäänniemi et al., “Improved Precision and Recall Metric”, 2019, k = 3.",
    ),
    "path_length": Figure(
        title="Path length",
        unit="",
        better="lower",
        text="How much pictures change for a small step from one w towards another, on the features' layers.",
        source="Karras et al., “A Style-Based Generator Architecture”, 2019: perceptual path length in w, ends.",
    ),
}
# Which figures each choice in the settings gives.
GIVES: dict[Metric, tuple[str, ...]] = {
    "sharpness": ("sharpness",),
    "diversity": ("diversity",),
    "patch_distance": ("patch_distance",),
    "fid": ("fid",),
    "kid": ("kid",),
    "precision_recall": ("precision", "recall"),
    "path_length": ("path_length",),
}
ON_FEATURES: frozenset[Metric] = frozenset({"fid", "kid", "precision_recall", "path_length"})
