"""A small film that is sent, and a render service that projects by saying so."""

import io
import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from PIL import Image

from studio.blobs.store import put_bytes
from studio.jobs import queue
from studio.jobs.handlers import HANDLERS, JobFailed
from studio.jobs.models import Job
from studio.networks.models import Network, Snapshot
from studio.projections.models import Projection, ProjectionTarget
from studio.projects.models import Project
from tests.studio.conftest import ApiClient
from tests.studio.datasets.test_score_job import Context
from tests.studio.services.conftest import JPEG, ServiceClient
from tests.studio.tus import TusClient

MD5 = "0123456789abcdef0123456789abcdef"
FACTS = {"kind": "video", "width": 320, "height": 180, "fps": "25", "frames": 50, "seconds": 2.0, "notes": []}


def film(folder: Path, *, frames: int = 12, fps: str = "24", size: str = "48x32") -> bytes:
    """A few moving bars as an mp4."""
    path = folder / "film.mp4"
    source = f"testsrc=size={size}:rate={fps}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi", "-i", source]
    subprocess.run([*command, "-frames:v", str(frames), "-pix_fmt", "yuv420p", "-y", str(path)], check=True)
    return path.read_bytes()


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), (90, 30, 60)).save(buffer, "PNG")
    return buffer.getvalue()


def send(client: ApiClient, project: Project, data: bytes, name: str, kind: str = "projection_target") -> Any:
    return TusClient(client).send(project, data, filename=name, kind=kind)


def work(kind: str) -> None:
    """The worker does the one job of that kind that waits, and fails it as the worker would."""
    lease = queue.claim(runs_on="worker", kinds=[kind], holder="worker")
    assert lease is not None, f"no {kind} waits"
    assert lease.job is not None
    module, _, name = HANDLERS[kind].rpartition(".")
    handle = getattr(__import__(module, fromlist=[name]), name)
    try:
        queue.finish(lease, result=handle(Context(lease.job)))
    except JobFailed as error:
        queue.fail(lease, message=str(error), retry=error.retry, may_retry=not error.is_final)


def make_snapshot(project: Project, **values: Any) -> Snapshot:
    network = Network.objects.create(project=project, name="faces", kind=values.get("kind", "stylegan2"))
    fields = {"kind": "stylegan2", "resolution": 64, "z_dim": 16, "w_dim": 16, "num_ws": 10, **values}
    fields.setdefault("original_md5", MD5)
    return Snapshot.objects.create(
        network=network,
        name="faces-001000",
        blob=put_bytes(f"weights of {network.pk}".encode()),
        original=put_bytes(f"pickle of {network.pk}".encode()),
        original_name="faces-001000.pkl",
        **fields,
    )


def make_target(project: Project, **facts: Any) -> ProjectionTarget:
    """A film that was sent and looked at; nobody reads it here."""
    from uuid import uuid4

    return ProjectionTarget.objects.create(
        pk=uuid4(),
        project=project,
        name="talk.mp4",
        blob=put_bytes(b"a film"),
        thumbnail=put_bytes(JPEG),
        state=ProjectionTarget.State.READY,
        facts={**FACTS, **facts},
    )


def order(project: Project, **values: Any) -> dict[str, Any]:
    snapshot = values.pop("snapshot", None) or make_snapshot(project)
    target = values.pop("target", None) or make_target(project)
    said = {"name": "Talking head", "snapshot_id": str(snapshot.pk), "target_id": str(target.pk), "config": {}}
    return {**said, **values}


def started(client: ApiClient, project: Project, **values: Any) -> dict[str, Any]:
    answer = client.call("POST", f"/projects/{project.pk}/projections", order(project, **values))
    assert answer.status_code == 201, answer.content
    return answer.json()


def get(client: ApiClient, row: dict[str, Any]) -> dict[str, Any]:
    answer = client.call("GET", f"/projections/{row['id']}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def patch(client: ApiClient, row: dict[str, Any], **values: Any) -> Any:
    return client.call("PATCH", f"/projections/{row['id']}", values)


def tick(frame: int, **values: Any) -> dict[str, Any]:
    said = {"kind": "tick", "frame": frame, "frames": 50, "step": 20, "loss": 0.25, "seconds": frame * 2.0}
    return {**said, "left_seconds": (50 - frame) * 2.0, "evaluations": frame * 20, **values}


def report(service: ServiceClient, claim: dict[str, Any], *said: dict[str, Any]) -> Any:
    body = {"fence": claim["lease"]["fence"], "reports": list(said)}
    return service.call("POST", f"/projections/{claim['job']['id']}/reports", body)


def hand_in(
    service: ServiceClient, claim: dict[str, Any], first: int, end: int, *, without: str = "", latents: bytes = b""
) -> Any:
    """Frames first … end - 1 with their file and picture."""
    files = {"latents": latents or f"frames {first} to {end}".encode(), "picture": JPEG + f"{first} to {end}".encode()}
    artifacts = {name: _artifact(service, claim, name, data) for name, data in files.items() if name != without}
    count = end - first
    body = {"fence": claim["lease"]["fence"], "first": first, "end": end, "artifacts": artifacts}
    body |= {"loss": [0.5 - at / 100 for at in range(first, end)], "steps": [20] * count}
    return service.call("POST", f"/projections/{claim['job']['id']}/frames", body)


def finish(service: ServiceClient, claim: dict[str, Any], frames: int, **result: Any) -> Any:
    """The job ends; with a file and a film unless the result says otherwise."""
    said = {"frames": frames, "fps": "25", "is_complete": True, "artifact": "projection", "review": "review"}
    said |= {"convergence": {"step": [1.0, 2.0], "share": [0.5, 0.8]}, **result}
    names = [said[name] for name in ("artifact", "review") if said[name]]
    artifacts = [_artifact(service, claim, name, f"{name} of {frames}".encode()) for name in names]
    body = {"fence": claim["lease"]["fence"], "result": said, "artifacts": artifacts}
    return service.call("POST", f"/jobs/{claim['job']['id']}/finish", body)


def row_of(row: dict[str, Any]) -> Projection:
    return Projection.objects.get(pk=row["id"])


def expire(claim: dict[str, Any]) -> None:
    """The lease ran out a moment ago."""
    from datetime import timedelta

    from django.utils import timezone

    Job.objects.filter(pk=claim["job"]["id"]).update(lease_until=timezone.now() - timedelta(seconds=5))


def _artifact(service: ServiceClient, claim: dict[str, Any], name: str, data: bytes) -> dict[str, Any]:
    upload_id, sha256 = service.upload(claim["job"]["project_id"], data, kind="artifact")
    return {"name": name, "upload_id": upload_id, "sha256": sha256}
