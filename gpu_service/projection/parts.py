"""What is found, on its way into files: batches to parts, parts to the file that a person gets."""

import io
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import h5py
import numpy as np
from PIL import Image

from gpu_service.errors import RenderError
from gpu_service.projection.course import Course
from gpu_service.projection.easel import Easel
from gpu_service.projection.folder import WorkFolder, span
from gpu_service.projection.layout import LATENTS, ProjectionFacts, name_of
from gpu_service.projection.quick import Batch
from gpu_service.projection.reference import Found
from gpu_service.projection.target import Choice, Target
from gpu_service.projection.writing import FrameFound, join_projections
from gpu_service.protocol.projection import ProjectionConfig

# Of the picture that shows how far it is: a page needs no more.
LARGEST_PICTURE_PX = 256


def assemble(folder: WorkFolder, facts: ProjectionFacts, out: Path, *, is_complete: bool) -> None:
    """The file that a person gets, of all frames that follow one another."""
    parts = folder.parts()
    if not parts:
        raise RenderError("No frame is found yet, so there is no file to write.")
    count = span(parts[-1])[1]
    whole = replace(facts, is_complete=is_complete, frame_count=count if is_complete else facts.frame_count)
    join_projections(parts, whole, out)


def facts_of(
    easel: Easel,
    target: Target,
    choice: Choice,
    config: ProjectionConfig,
    *,
    network: tuple[str, str],
    source: tuple[str, str],
) -> ProjectionFacts:
    """What the file says of itself. `network`, `source` = name, MD5."""
    info = target.info
    return ProjectionFacts(
        network_path=network[0],
        network_md5=network[1],
        target_path=source[0],
        target_md5=source[1],
        fps=choice.fps,
        original_fps=info.fps if info.kind == "video" else Fraction(choice.fps),
        frame_count=choice.count,
        original_frame_count=info.frames,
        width_height=shape_of(config, easel.side),
        original_width_height=(info.width, info.height),
        steps=config.steps,
        noises_shapes=tuple((1, 1, side, side) for side in easel.maps.sides) or None,
        has_latents_histories=config.latents_histories,
        has_noises_histories=config.noises_histories,
        has_images_histories=config.images_histories,
        space=config.space,
        settings=config.model_dump_json(),
    )


def shape_of(config: ProjectionConfig, side: int) -> tuple[int, int]:
    """Width and height of the targets in the file: what was asked for, or the network's own."""
    return config.width_height or (side, side)


def found_alone(number: int, frame: np.ndarray, found: Found, config: ProjectionConfig, num_ws: int) -> Batch:
    """What the published recipe found, as a batch of one."""
    course = Course(config, num_ws, distances=[found.distances])
    history = found.history
    course.latents, course.noises, course.images = [history.latents], [history.noises], [history.images]
    return Batch(number, found.w[None], None, [float(found.losses[-1])], [len(found.losses)], frame[None], course)


def frames_of(batch: Batch, finals: np.ndarray, num_ws: int) -> Iterator[FrameFound]:
    """As they go into a file."""
    course = batch.course
    for index in range(len(batch.w)):
        yield FrameFound(
            w=batch.w[index].cpu().numpy(),
            plus=None if batch.plus is None else batch.plus[index].cpu().numpy(),
            target=batch.targets[index],
            final=finals[index],
            num_ws=num_ws,
            loss=batch.losses[index],
            steps=batch.steps[index],
            latents_history=course.latents[index] if course.latents else (),
            noises_history=course.noises[index] if course.noises else (),
            images_history=course.images[index] if course.images else (),
            distances=course.distances[index] if course.distances else None,
        )


def last_w(path: Path) -> np.ndarray:
    """The one w of the last frame of a part of ours, [W], where W+ stands beside it too."""
    with h5py.File(path, "r", locking=False) as file:
        held = file[LATENTS]
        return np.array(held[name_of(LATENTS, len(held) - 1)][0, 0])


def beside(target: np.ndarray, final: np.ndarray, path: Path) -> Path:
    held = io.BytesIO()
    shown = np.asarray(Image.fromarray(target).resize(final.shape[1::-1], Image.Resampling.LANCZOS))
    image = Image.fromarray(np.concatenate([shown, final], axis=1))
    image.thumbnail((2 * LARGEST_PICTURE_PX, LARGEST_PICTURE_PX), Image.Resampling.LANCZOS)
    image.save(held, "JPEG", quality=90)
    path.write_bytes(held.getvalue())
    return path
