"""The projection file as GANce laid it out, version 2: names, facts, limits. No torch.

One group for each kind of thing, one dataset for each frame in it, named after the group and the frame's number. Facts
are attributes of the root. What the original does not know begins with `phosphene_`, and it overlooks that.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

VERSION = 2
TARGETS, FINALS, LATENTS = "target_images", "final_images", "final_latents"
LATENTS_HISTORIES, NOISES_HISTORIES, IMAGES_HISTORIES = "latents_histories", "noises_histories", "images_histories"
GROUPS = (TARGETS, LATENTS, FINALS, LATENTS_HISTORIES, IMAGES_HISTORIES, NOISES_HISTORIES)
HISTORIES = (LATENTS_HISTORIES, NOISES_HISTORIES, IMAGES_HISTORIES)
# All rows of W+; in the original's own place lie num_ws copies of one w, because it reads row 0 alone.
PLUS = "phosphene_latents_plus"
OWN = "phosphene_"
# How far the latents lay from their last after each step, where no history tells it.
DISTANCES = "phosphene_distances"
RENAMED = {"original_model_path": "original_network_path", "model_md5_hash": "network_md5_hash"}  # of version 1

MOST_FRAMES, MOST_STEPS = 200_000, 10_000
MOST_ROWS, MOST_WIDTH, MOST_SIDE = 64, 4096, 8192
MOST_LATENT_BYTES = 4 << 30
# What may be missing between the frames that a file promises and those that it holds.
SLACK_FRAMES = 2


@dataclass(frozen=True)
class ProjectionFacts:
    """What a file says of itself. Sizes are (width, height). `space` is "w" or "w+"; the original knows "w" alone."""

    network_md5: str
    network_path: str
    target_path: str
    target_md5: str
    fps: Fraction
    original_fps: Fraction
    frame_count: int
    original_frame_count: int
    width_height: tuple[int, int]
    original_width_height: tuple[int, int]
    steps: int
    is_complete: bool = True
    version: int = VERSION
    noises_shapes: tuple[tuple[int, ...], ...] | None = None
    has_latents_histories: bool = False
    has_noises_histories: bool = False
    has_images_histories: bool = False
    space: str = "w"
    # Settings as JSON, and the first frame that this file holds of a projection whose parts lie in several.
    settings: str = "{}"
    first_frame: int = 0


def name_of(group: str, number: int) -> str:
    """How the original calls what belongs to a frame: final_latents_0."""
    return f"{group}_{number}"


def number_in(name: str) -> int | None:
    """The whole number behind the last underscore: names sort as text, where 10 comes before 2."""
    found = re.fullmatch(r".{1,80}_(\d{1,7})", name)
    return int(found[1]) if found else None


def rate(value: float) -> Fraction:
    """A frame rate as a file keeps it, a float, to the fraction that was meant: 29.97 -> 30000/1001."""
    whole, television = Fraction(round(value)), Fraction(round(value * 1.001) * 1000, 1001)
    for meant in (whole, television):
        if meant > 0 and abs(meant - Fraction(value)) < Fraction(1, 500):
            return meant
    return Fraction(value).limit_denominator(1000)
