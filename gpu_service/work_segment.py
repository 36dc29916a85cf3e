"""One segment of a film: fetch, prepare, draw, upload, commit."""

import asyncio
import base64
import hashlib
import logging

from gpu_service.bench import Bench
from gpu_service.errors import OtherPath, RenderError
from gpu_service.executors.base import SceneOrder, SegmentOrder
from gpu_service.file_hash import file_sha256
from gpu_service.film.fallback import another, in_words
from gpu_service.film.segment_facts import SegmentFilm
from gpu_service.lease import LeaseKeeper
from gpu_service.protocol import Claim, CodePathFix, Recipe, SegmentCommit, Thumb, canonical_json
from gpu_service.uploads import upload

log = logging.getLogger(__name__)


async def do_segment(bench: Bench, claim: Claim, keeper: LeaseKeeper) -> None:
    """Draw it and hand it in. Raises Cancelled, LeaseLost, OtherPath or RenderError."""
    assert claim.segment is not None
    assert claim.recipe is not None
    recipe = await _with_code_path(bench, claim, claim.recipe)
    keeper.tell(message="Fetching files")
    paths = await bench.inputs.paths(claim.inputs)
    await bench.stages.fetch(
        recipe.scene,
        paths,
        inputs=claim.inputs,
        lease=claim.lease,
        report=lambda title, share: keeper.tell(message=f"{title}, {share:.0%}"),
    )
    out = bench.scratch / f"{claim.segment.id}-{claim.lease.fence}.h264"
    order = SegmentOrder(
        order=SceneOrder(key=scene_key(recipe), scene=recipe.scene, paths=paths),
        recipe=recipe,
        first_frame=claim.segment.first_frame,
        end_frame=claim.segment.end_frame,
        out=out,
    )
    try:
        film = await _draw(bench, order, keeper)
        await _hand_in(bench, claim, film)
    finally:
        out.unlink(missing_ok=True)


async def _with_code_path(bench: Bench, claim: Claim, recipe: Recipe) -> Recipe:
    """The first who draws fixes how; a service of another kind must not mix its pixels in."""
    ours = bench.executor.code_path()
    if recipe.code_path is None:
        path = f"/service/renders/{claim.job.payload['render_id']}/code_path"
        response = await bench.client.post(path, CodePathFix(code_path=ours))
        recipe = Recipe.model_validate_json(response.content)
    assert recipe.code_path is not None
    if recipe.code_path.device_kind != ours.device_kind:
        raise RenderError(
            f"This film was begun on another kind of device ({recipe.code_path.device_kind}, here {ours.device_kind}). "
            "It goes on when that service is attached.",
            retry=True,
        )
    if recipe.code_path.compiled and not ours.compiled:
        raise RenderError(
            "This film was begun where drawing is compiled, and here is no compiler. "
            "It goes on when that service is attached.",
            retry=True,
        )
    return recipe


async def _draw(bench: Bench, order: SegmentOrder, keeper: LeaseKeeper) -> SegmentFilm:
    total = order.end_frame - order.first_frame
    keeper.tell(done=0, total=total, message="Drawing")
    task = bench.executor.render_segment(order, report=lambda done: keeper.tell(done=done, total=total))
    keeper.when_it_ends(task.cancel)
    try:
        return await asyncio.wrap_future(task.future)
    except asyncio.CancelledError:
        task.cancel()
        raise
    except RenderError as error:
        other = another(order.code_path, error.kind)
        if other is None:
            raise
        log.warning("%s The film is drawn again: %s.", error, in_words(other))
        raise OtherPath(str(error), kind=error.kind, code_path=other) from error


async def _hand_in(bench: Bench, claim: Claim, film: SegmentFilm) -> None:
    assert claim.segment is not None
    sha256 = await asyncio.to_thread(file_sha256, film.path)
    sent = await upload(bench.client, film.path, kind="segment", project_id=claim.job.project_id, sha256=sha256)
    said = SegmentCommit(
        fence=claim.lease.fence,
        upload_id=sent,
        sha256=sha256,
        frames=film.frames,
        seconds_drawing=film.seconds_drawing,
        seconds_encoding=film.seconds_encoding,
        thumbs=[Thumb(frame=frame, jpeg_base64=base64.b64encode(data).decode()) for frame, data in film.thumbs],
    )
    await bench.client.post(f"/service/segments/{claim.segment.id}/commit", said)


def scene_key(recipe: Recipe) -> str:
    """One plan for all segments of a film."""
    return hashlib.sha256(canonical_json(recipe.scene).encode()).hexdigest()
