"""Made-up things for the tests of tracks, networks, scenes and renders: small, and whole enough to be used."""

import io
import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone
from PIL import Image

from gpu_service.protocol import HarvestOrder, Look, Preset, SnapshotNeeds, StageInfo, VectorSpec, VisualizerInfo
from gpu_service.protocol.projection import ProjectionConfig
from gpu_service.protocol.training_presets import resolve
from studio.accounts.models import User
from studio.blobs.store import put_bytes
from studio.comments.models import Comment
from studio.datasets.models import CaptureSession, Dataset, Portrait, PortraitFacts
from studio.listening.models import Part
from studio.networks.models import (
    Directions,
    Harvest,
    Network,
    OrderState,
    Pin,
    PinPath,
    Sheet,
    Snapshot,
    SnapshotExport,
)
from studio.projections.models import Projection, ProjectionFrames, ProjectionTarget
from studio.projections.source import of_target
from studio.projects.models import Project
from studio.renders.debug_films import order_debug_film
from studio.renders.order import Range
from studio.scenes.catalogue import store_catalogue
from studio.scenes.edit import create_scene
from studio.scenes.models import Scene, SceneCurves, ScenePreset
from studio.sharing.models import Share
from studio.tracks.models import Stem, Track
from studio.training.models import TrainingRun, TrainingSample, TrainingUpload
from studio.training.source import of_upload

SCHEMA: dict[str, Any] = {
    "type": "object",
    "$defs": {"Mode": {"enum": ["fixed", "random"], "type": "string", "title": "Mode"}},
    "properties": {
        "alpha": {
            "title": "Music",
            "type": "number",
            "default": 0.25,
            "minimum": 0,
            "maximum": 1,
            "x-stage": "draw",
            "x-routable": True,
        },
        "seed": {"title": "Seed", "type": "integer", "default": 1234, "minimum": 0, "x-stage": "noise"},
        "roll": {"title": "Roll", "type": "boolean", "default": False, "x-stage": "chain"},
        "mode": {"$ref": "#/$defs/Mode", "default": "fixed", "title": "Noise maps"},
        "limit": {"title": "Limit", "anyOf": [{"type": "number", "minimum": 0}, {"type": "null"}], "default": None},
        "range": {
            "title": "Range",
            "type": "array",
            "prefixItems": [{"type": "number", "minimum": -10}, {"type": "number", "maximum": 10}],
            "minItems": 2,
            "maxItems": 2,
            "default": [-1, 1],
        },
    },
}


def make_catalogue() -> None:
    """One visualizer, `test-lines`, as a service would announce it."""
    entry = VisualizerInfo(
        name="test-lines",
        title="Lines",
        version="1",
        summary="Draws lines.",
        schema=SCHEMA,
        presets=[Preset(name="calm", title="Calm", summary="Little music.", values={"alpha": 0.1, "roll": True})],
        stages=[StageInfo(name="chain", title="Chain")],
        snapshots=SnapshotNeeds(min=1, max=8, kinds=["cppn", "stylegan2"]),
        takes_vectors=True,
    )
    store_catalogue([entry])


def make_track(project: Project, *, seconds: float = 10.0, name: str = "Undertow") -> Track:
    """A track that is analysed, its files made of nothing."""
    return Track.objects.create(
        project=project,
        name=name,
        original=put_bytes(b"sound of " + name.encode()),
        original_name=f"{name}.wav",
        proxy=put_bytes(b"proxy"),
        peaks=put_bytes(b"peaks"),
        state=Track.State.READY,
        duration_seconds=seconds,
        sample_rate=44_100,
        channels=2,
    )


def make_network(project: Project, *, snapshots: int = 2) -> Network:
    network = Network.objects.create(project=project, name="Tidepool", kind="cppn", species="smoke", seed=3)
    for order in range(snapshots):
        Snapshot.objects.create(
            network=network,
            name=f"tidepool-{order}",
            order=order,
            blob=put_bytes(f"weights {order}".encode()),
            kind="cppn",
            thumbnail=put_bytes(b"\xff\xd8\xffthumb"),
            z_dim=512,
            w_dim=16,
            num_ws=1,
        )
    return network


def make_made_of(snapshot: Snapshot) -> dict[str, Any]:
    """One of everything that people make of a snapshot, with files made of nothing, by the name that paths call it."""
    jpeg, ready = put_bytes(b"\xff\xd8\xff sheet"), OrderState.READY
    vector, look = VectorSpec().model_dump(mode="json"), Look().model_dump(mode="json")
    common: dict[str, Any] = {"snapshot": snapshot, "key": "0" * 64, "state": ready}
    sheet = Sheet.objects.create(**common, blob=jpeg)
    network = snapshot.network
    point = {"pin_id": None, "vector": vector, "length": 2.0}
    order = HarvestOrder().model_dump(mode="json")
    return {
        "sheet_id": sheet.pk,
        "pin_id": Pin.objects.create(
            network=network, snapshot=snapshot, name="Dusk", vector=vector, look=look, sheet=sheet
        ).pk,
        "path_id": PinPath.objects.create(network=network, snapshot=snapshot, name="Round", waypoints=[point]).pk,
        "directions_id": Directions.objects.create(
            **common, method="sefa", count=2, shares=[0.7, 0.3], blob=put_bytes(b"directions")
        ).pk,
        "harvest_id": Harvest.objects.create(**common, order=order, sheet=jpeg, zip=put_bytes(b"zip")).pk,
        "export_id": SnapshotExport.objects.create(**common, form="state_dict", name="x.pt", blob=put_bytes(b"pt")).pk,
    }


def make_training(project: Project, snapshot: Snapshot) -> dict[str, Any]:
    """A run that has made one sample, and the zip that it was made from, by the name that paths call them."""
    config = resolve("small", size=64)
    blob = put_bytes(b"pictures in a zip")
    upload = TrainingUpload.objects.create(
        pk=uuid.uuid4(), project=project, name="faces.zip", blob=blob, count=400, width_px=64, height_px=64
    )
    run = TrainingRun.objects.create(
        project=project,
        name="First portraits",
        network=snapshot.network,
        upload=upload,
        about={"pictures": of_upload(upload).to_json(), "start": None},
        config=config.model_dump(mode="json"),
        total_kimg=config.kimg,
        snapshot_kimg=config.snapshot_kimg,
        state=TrainingRun.State.PAUSED,
        wanted=TrainingRun.Wanted.PAUSE,
    )
    grid = put_bytes(b"\x89PNG grid")
    sample = TrainingSample.objects.create(run=run, kimg=20.0, snapshot=snapshot, grid=grid)
    return {"run_id": run.pk, "sample_id": sample.pk, "zip_id": upload.pk}


def make_projection(project: Project, snapshot: Snapshot) -> dict[str, Any]:
    """A finished projection of a film, by the names that paths call them."""
    jpeg = put_bytes(b"\xff\xd8\xff found")
    facts = {"kind": "video", "width": 64, "height": 64, "fps": "25", "frames": 50, "seconds": 2.0, "notes": []}
    target = ProjectionTarget.objects.create(
        pk=uuid.uuid4(), project=project, name="talk.mp4", blob=put_bytes(b"a film"), thumbnail=jpeg, facts=facts
    )
    target.state = ProjectionTarget.State.READY
    target.save()
    row = Projection.objects.create(
        project=project,
        name="Talking head",
        snapshot=snapshot,
        target=target,
        about={"source": of_target(target).to_json(), "snapshot_name": snapshot.name},
        config=ProjectionConfig().model_dump(mode="json"),
        state=Projection.State.DONE,
        frames_total=50,
        frames_done=50,
        is_complete=True,
        file=put_bytes(b"hdf5"),
        review=put_bytes(b"mp4"),
        network_md5=snapshot.original_md5,
        weights=snapshot.blob_id,
    )
    frames = ProjectionFrames.objects.create(projection=row, first=0, end=1, losses=[0.1], steps=[9], picture=jpeg)
    return {"projection_id": row.pk, "target_id": target.pk, "frames_id": frames.pk}


def make_of_scene(scene: Scene, by: User) -> dict[str, Any]:
    """A stem of its track, a part to listen to, curves and a debug film of it, by the names that paths call them."""
    stem = Stem.objects.create(pk=uuid.uuid4(), track=scene.track, name="drums", blob=put_bytes(b"drums"))
    curves = SceneCurves.objects.create(
        project_id=scene.project_id, scene=scene, key="0" * 64, blob=put_bytes(b"curves")
    )
    film = order_debug_film(scene, Range(), by=by)
    film.film = put_bytes(b"a film of signals")
    film.save()
    part = Part.objects.create(track=scene.track, name="harmonic", blob=put_bytes(b"harmonic"))
    return {"stem_id": stem.pk, "part_id": part.pk, "debug_film_id": film.pk, "key": curves.key}


def make_preset(project: Project, **values: Any) -> ScenePreset:
    """A saved preset that sets one parameter."""
    content = {"parameters": {"alpha": 0.7}, "routes": [], "actions": [], **values.pop("content", {})}
    said = {"name": "Calm", "kind": "parameters", "visualizer": "test-lines", **values}
    return ScenePreset.objects.create(project=project, content=content, **said)


def make_portrait(project: Project) -> Portrait:
    """A dataset with one portrait, 2 by 2 pixels."""
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "PNG")
    dataset = Dataset.objects.create(project=project, name="Faces")
    session = CaptureSession.objects.create(dataset=dataset, source="upload", name="One sitting")
    blob = put_bytes(buffer.getvalue())
    portrait = Portrait.objects.create(
        dataset=dataset,
        session=session,
        original=blob,
        sha256=blob.pk,
        thumb=put_bytes(b"thumb of a portrait"),
        view=put_bytes(b"view of a portrait"),
        name="one.png",
        taken_at=session.started_at,
        bytes=blob.size,
        width_px=2,
        height_px=2,
        format="PNG",
        state=Portrait.State.READY,
    )
    PortraitFacts.objects.create(portrait=portrait)
    return portrait


def make_scene(project: Project, by: User, **values: Any) -> Scene:
    make_catalogue()
    track, network = make_track(project), make_network(project)
    order = {
        "name": "Third pass",
        "track_id": track.id,
        "visualizer": "test-lines",
        "snapshot_ids": [snapshot.id for snapshot in network.snapshots.all()],
        "width": 256,
        "height": 256,
        **values,
    }
    return create_scene(project, order, by=by)


def make_said_and_shared(track: Track, owner: User) -> dict[str, Any]:
    """A comment and a link, by the names of their ids."""
    comment = Comment.objects.create(project=track.project, track=track, author=owner, text="Later here")
    expires = timezone.now() + timedelta(days=1)
    share = Share.objects.create(project=track.project, track=track, token_sha256="0" * 64, expires_at=expires)
    return {"comment_id": comment.pk, "share_id": share.pk}
