"""Ordering a film: the scene is frozen as a recipe, cut into segments and queued."""

import uuid
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal
from uuid import UUID

from django.db import transaction

from gpu_service.protocol import MAX_SIDE, Recipe, SceneSpec, default_segment_frames, frames_in, recipe_sha256
from studio import __version__
from studio.accounts.models import User
from studio.errors import Refused
from studio.jobs import queue
from studio.jobs.models import Job
from studio.renders.models import Render, RenderInput
from studio.renders.tell import tell
from studio.scenes.catalogue import visualizer
from studio.scenes.models import Scene
from studio.scenes.spec import sight_of

JOB_KIND = "render_segment"
MIN_SIDE = 64


@dataclass(frozen=True)
class Range:
    """Which part of the track: the whole, a selection, or the beginning up to `end_seconds`."""

    kind: Literal["whole", "selection", "first"] = "whole"
    start_seconds: float | None = None
    end_seconds: float | None = None


@dataclass(frozen=True)
class Order:
    """What a person asks for. Without a size: the scene's for a film, half of it for a draft."""

    range: Range = Range()
    quality: Literal["draft", "final"] = "final"
    name: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class File:
    """A file that the recipe names, as it is kept for the render."""

    sha256: str
    role: str
    name: str


def start_render(scene: Scene, order: Order, *, by: User) -> Render:
    """Freeze the scene and queue its film. Raises Refused, which names the wrong field."""
    sight = sight_of(scene)
    width, height = _size(scene, order)
    spec = sight.spec.model_copy(update={"width": width, "height": height})
    first, end = frames_of(order.range, spec)
    entry = visualizer(scene.visualizer)
    recipe = Recipe(
        scene=spec,
        first_frame=first,
        end_frame=end,
        segment_frames=default_segment_frames(spec.frame_rate),
        versions={"phosphene": __version__, f"visualizer {entry['name']}": entry["version"]},
        quality=order.quality,
    )
    files = [File(item.sha256, item.role, item.name) for item in sight.inputs]
    name = " ".join(order.name.split())[:255] or _name_for(scene, order)
    render = Render(project_id=scene.project_id, scene=scene, name=name, scene_name=scene.name, created_by=by)
    render.track_name = scene.track.name
    return _queue(render, recipe, files)


def render_again(render: Render, *, by: User) -> Render:
    """The same recipe once more, code path included: the same frames, whatever has become of the scene since."""
    recipe = Recipe.model_validate(render.recipe)
    files = [File(item.blob_id, item.role, item.name) for item in render.inputs.all()]
    name = f"{render.name.removesuffix(', again')[:240]}, again"
    again = Render(project_id=render.project_id, scene_id=render.scene_id, name=name, created_by=by)
    again.scene_name, again.track_name = render.scene_name, render.track_name
    return _queue(again, recipe, files)


def frames_of(wanted: Range, spec: SceneSpec) -> tuple[int, int]:
    """(first frame, end frame) of a range. Its edges are numbers of the scene's frames, so drafts and film agree."""
    fps, total = spec.frame_rate, spec.frames
    if wanted.kind == "whole":
        return 0, total
    start = 0.0 if wanted.kind == "first" else wanted.start_seconds
    if start is None or not 0 <= start < spec.duration_seconds:
        raise Refused("The selection begins outside the track.", field="range.start_seconds")
    if wanted.end_seconds is None or not start < wanted.end_seconds:
        raise Refused("Say where the film ends, after where it begins.", field="range.end_seconds")
    first = int(Fraction(start).limit_denominator(1_000_000) * fps)
    end = min(total, frames_in(wanted.end_seconds, fps=fps))
    return first, max(end, first + 1)


def _queue(render: Render, recipe: Recipe, files: list[File]) -> Render:
    """Fill in what the recipe says, and queue the job; both name each other from the start."""
    scene = recipe.scene
    render.id = uuid.uuid4()
    render.quality, render.recipe_revision = recipe.quality, recipe.revision
    render.recipe, render.recipe_sha256 = recipe.model_dump(mode="json"), recipe_sha256(recipe)
    render.first_frame, render.end_frame = recipe.first_frame, recipe.end_frame
    render.width, render.height, render.fps = scene.width, scene.height, scene.fps
    with transaction.atomic():
        render.job = _enqueue(render, recipe)
        render.save(force_insert=True)
        RenderInput.objects.bulk_create(
            RenderInput(render=render, blob_id=file.sha256, role=file.role, name=file.name[:255]) for file in files
        )
        tell(render, "render.added", by=render.created_by)
    return render


def _enqueue(render: Render, recipe: Recipe) -> Job:
    return queue.enqueue(
        JOB_KIND,
        project_id=UUID(str(render.project_id)),
        title=f"Film “{render.name}”",
        payload={"render_id": str(render.id)},
        runs_on=Job.RunsOn.SERVICE,
        subject=render.subject,
        created_by=render.created_by,
        total=recipe.end_frame - recipe.first_frame,
        unit="frames",
        segments=recipe.segments(),
    )


def _size(scene: Scene, order: Order) -> tuple[int, int]:
    part = 2 if order.quality == "draft" else 1
    width = order.width or max(MIN_SIDE, scene.width // part // 2 * 2)
    height = order.height or max(MIN_SIDE, scene.height // part // 2 * 2)
    for name, side in (("width", width), ("height", height)):
        if not MIN_SIDE <= side <= MAX_SIDE or side % 2:
            raise Refused(f"{name.capitalize()}: use an even number from {MIN_SIDE} to {MAX_SIDE:,}.", field=name)
    return width, height


def _name_for(scene: Scene, order: Order) -> str:
    part = {"whole": "", "selection": ", selection", "first": ", beginning"}[order.range.kind]
    return f"{scene.name[:200]}{', draft' if order.quality == 'draft' else ''}{part}"
