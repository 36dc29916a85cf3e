"""A dataset version of real small pictures, zips of them, and a render service that trains by saying so."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from uuid import uuid4

import numpy as np
from django.utils import timezone
from PIL import Image

from gpu_service.protocol.training_presets import resolve
from studio.blobs.store import put_bytes
from studio.datasets import exports
from studio.datasets.models import Dataset, PortraitFacts
from studio.jobs import queue
from studio.jobs.models import Job
from studio.networks.models import Network, Snapshot
from studio.projects.models import Project
from studio.training.models import TrainingRun, TrainingUpload
from tests.studio.conftest import ApiClient
from tests.studio.datasets.portraits import add_portrait, jpeg, make_dataset
from tests.studio.datasets.test_score_job import Context
from tests.studio.services.conftest import JPEG, ServiceClient
from tests.studio.tus import TusClient

SMALL: dict[str, Any] = {"z_dim": 16, "w_dim": 16, "channel_base": 256, "channel_max": 16}


def picture(number: int, *, size: tuple[int, int] = (64, 64), mode: str = "RGB") -> Image.Image:
    width, height = size
    shape = (height, width, len(mode)) if len(mode) > 1 else (height, width)
    return Image.fromarray(np.random.default_rng(number).integers(0, 255, shape, np.uint8), mode)


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def zipped(files: dict[str, bytes], *, labels: Any = "none") -> bytes:
    """A zip in the standard form; without `labels` there is no dataset.json."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        if labels != "none":
            archive.writestr("dataset.json", json.dumps({"labels": labels}))
    return buffer.getvalue()


def pictures(count: int, **options: Any) -> dict[str, bytes]:
    return {f"00000/img{number:08d}.png": png(picture(number, **options)) for number in range(count)}


def make_version(
    client: ApiClient, project: Project, *, count: int = 12, size: tuple[int, int] = (80, 80), **recipe: Any
) -> dict[str, Any]:
    """A frozen version of that many portraits, cut to 64 pixels."""
    dataset = Dataset.objects.filter(project=project, name="Faces").first() or make_dataset(project)
    for number in range(count):
        content = jpeg(picture(number, size=size))
        portrait = add_portrait(
            dataset, content, seconds=60.0 * number, width_px=size[0], height_px=size[1], state="ready"
        )
        PortraitFacts.objects.create(portrait=portrait)
    order = {"selection": {"filter": {}}, "recipe": {"crop": "centre", "size": 64, **recipe}}
    answer = client.call("POST", f"/datasets/{dataset.pk}/versions", order)
    assert answer.status_code == 201, answer.content
    return answer.json()


def cut(**options: Any) -> None:
    """The worker makes the zip that waits."""
    lease = queue.claim(runs_on="worker", kinds=[exports.KIND], holder="worker")
    assert lease is not None, "no zip is waiting to be made"
    assert lease.job is not None
    queue.finish(lease, result=exports.handle(Context(lease.job, **options)))


def upload(client: ApiClient, project: Project, data: bytes, name: str = "faces.zip") -> Any:
    """Send a zip of pictures as a page does. -> the answer to its last piece"""
    return TusClient(client).send(project, data, filename=name, kind="training_pictures")


def config(**changes: Any) -> dict[str, Any]:
    return resolve("small", size=64, **SMALL | {"kimg": 2, "snapshot_kimg": 0.5} | changes).model_dump(mode="json")


def start(client: ApiClient, project: Project, source: dict[str, Any], **order: Any) -> Any:
    body = {"name": "Portraits", **source, "config": config(), **order}
    return client.call("POST", f"/projects/{project.pk}/training/runs", body)


def make_upload(project: Project, **values: Any) -> TrainingUpload:
    """A zip that was sent and looked at; nobody reads it here."""
    fields = {"name": "faces.zip", "count": 400, "width_px": 64, "height_px": 64, **values}
    return TrainingUpload.objects.create(pk=uuid4(), project=project, blob=put_bytes(b"a zip of faces"), **fields)


def started(client: ApiClient, project: Project, **order: Any) -> dict[str, Any]:
    """A run whose job waits for a service."""
    answer = start(client, project, {"upload_id": str(make_upload(project).pk)}, **order)
    assert answer.status_code == 201, answer.content
    return answer.json()


def get(client: ApiClient, run: dict[str, Any]) -> dict[str, Any]:
    answer = client.call("GET", f"/training/runs/{run['id']}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def patch(client: ApiClient, run: dict[str, Any], **values: Any) -> Any:
    return client.call("PATCH", f"/training/runs/{run['id']}", values)


def tick(kimg: float, **values: Any) -> dict[str, Any]:
    said = {"kind": "tick", "step": round(kimg * 62.5), "kimg": kimg, "seconds": kimg * 40, "pictures_per_second": 25.0}
    losses = {"loss_g": 1.0, "loss_d": 0.5, "r1": 0.1, "score_real": 0.4, "score_fake": -0.4, "p": 0.05}
    return {**said, **losses, "sign_real": 0.6, "sign_fake": -0.3, **values}


def report(service: ServiceClient, claim: dict[str, Any], *said: dict[str, Any]) -> Any:
    body = {"fence": claim["lease"]["fence"], "reports": list(said)}
    return service.call("POST", f"/training/{claim['job']['id']}/reports", body)


def hand_in(service: ServiceClient, claim: dict[str, Any], kimg: float, *, without: str = "", **made: Any) -> Any:
    """A snapshot of that moment with all its files, the checkpoint among them."""
    name = f"portraits-snapshot-{round(kimg * 1000):06d}"
    files = {
        f"{name}.safetensors": f"weights at {kimg}".encode(),
        f"{name}.jpg": JPEG + name.encode(),
        f"{name}.sheet.jpg": JPEG + b"eight of " + name.encode(),
        "training": f"both networks at {kimg}".encode(),
        "grid": png(picture(round(kimg * 10), size=(96, 64))),
        "checkpoint": f"everything at {kimg}".encode(),
    }
    artifacts = [_artifact(service, claim, title, data) for title, data in files.items() if title != without]
    snapshot = {
        "name": name,
        "order": 0,
        "kind": "stylegan2",
        "file": f"{name}.safetensors",
        "thumbnail": f"{name}.jpg",
        "sheet": f"{name}.sheet.jpg",
        "resolution": 64,
        "z_dim": 16,
        "w_dim": 16,
        "num_ws": 10,
        "kimg": kimg,
        "facts": {"architecture": "small 64", "config": G_CONFIG, "warnings": [], "parameters": 12},
    }
    told = {"kimg": kimg, "file": "f", "training": "t", "sheet": "s", "grid": "g", "thumbnail": "j", "checkpoint": "c"}
    body = {
        "fence": claim["lease"]["fence"],
        "made": {**told, "metrics": {"sharpness": 0.5 + kimg / 10}, "notes": ["A note."], **made},
        "snapshot": snapshot,
        "artifacts": artifacts,
    }
    return service.call("POST", f"/training/{claim['job']['id']}/snapshots", body)


def finish(service: ServiceClient, claim: dict[str, Any], outcome: str, kimg: float) -> Any:
    """The job ends with that outcome and a last checkpoint."""
    checkpoint = _artifact(service, claim, "checkpoint", f"everything at the end, {kimg}".encode())
    result = {"outcome": outcome, "kimg": kimg, "seconds": kimg * 40, "checkpoint": "checkpoint"}
    body = {"fence": claim["lease"]["fence"], "result": result, "artifacts": [checkpoint]}
    return service.call("POST", f"/jobs/{claim['job']['id']}/finish", body)


def make_start(project: Project, *, kind: str = "stylegan2", **values: Any) -> Snapshot:
    """An imported snapshot, as a reader described it."""
    network = Network.objects.create(project=project, name="ffhq", kind=kind)
    config = {**G_CONFIG, **values.pop("config", {})}
    fields = {"resolution": config["resolution"], "z_dim": 16, "w_dim": 16, "num_ws": 10, "kimg": 5000, **values}
    return Snapshot.objects.create(
        network=network,
        name="ffhq-005000",
        kind=kind,
        blob=put_bytes(b"our safetensors"),
        original=put_bytes(b"NVIDIA's pickle"),
        original_name="ffhq-005000.pkl",
        facts={"architecture": "small 64", "config": config},
        **fields,
    )


def sentences(told: dict[str, Any]) -> list[tuple[str, str]]:
    """What a plan refuses: the field and why."""
    return [(problem["field"], problem["sentence"]) for problem in told["problems"]]


def expire(claim: dict[str, Any]) -> None:
    """The lease ran out a moment ago."""
    Job.objects.filter(pk=claim["job"]["id"]).update(lease_until=timezone.now() - timedelta(seconds=5))


def fail(service: ServiceClient, claim: dict[str, Any], message: str, **said: Any) -> None:
    body = {"fence": claim["lease"]["fence"], "message": message, **said}
    assert service.call("POST", f"/leases/job/{claim['lease']['id']}/fail", body).status_code == 204


def row(run: dict[str, Any]) -> TrainingRun:
    return TrainingRun.objects.get(pk=run["id"])


def _artifact(service: ServiceClient, claim: dict[str, Any], name: str, data: bytes) -> dict[str, Any]:
    upload_id, sha256 = service.upload(claim["job"]["project_id"], data, kind="artifact")
    return {"name": name, "upload_id": upload_id, "sha256": sha256}


G_CONFIG: dict[str, Any] = {
    "z_dim": 16,
    "w_dim": 16,
    "c_dim": 0,
    "resolution": 64,
    "mapping_layers": 2,
    "channel_base": 256,
    "channel_max": 16,
    "conv_clamp": 256,
}
