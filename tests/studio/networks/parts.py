"""Files that arrive, and what a render service says of them."""

from typing import Any

from gpu_service.protocol import SnapshotsResult
from studio.blobs.models import Upload
from studio.blobs.store import put_bytes
from studio.blobs.uploads import hand_over
from studio.jobs.models import Job
from studio.projects.models import Project
from tests.studio.services.conftest import JPEG, ServiceClient


def uploaded(project: Project, name: str, by: Any, *, data: bytes = b"weights", **target: str) -> Upload:
    blob = put_bytes(data)
    upload = Upload.objects.create(
        project=project, user=by, kind="snapshot", name=name, size=blob.size, blob=blob, target=target
    )
    upload.result_url = hand_over(upload, blob).url
    upload.state = Upload.State.DONE
    upload.save()
    return upload


def finish(service: ServiceClient, claim: dict[str, Any], *names: str, **facts: Any) -> Any:
    """Hand in snapshots as a service does."""
    project_id, artifacts, snapshots = claim["job"]["project_id"], [], []
    for order, name in enumerate(names):
        files = {"safetensors": f"{name} ours".encode(), "jpg": JPEG + name.encode(), "sheet.jpg": JPEG + b"eight"}
        for ending, data in files.items():
            upload_id, sha256 = service.upload(project_id, data, kind="artifact")
            artifacts.append({"name": f"{name}.{ending}", "upload_id": upload_id, "sha256": sha256})
        made = {"name": name, "order": order, "kind": "cppn", "file": f"{name}.safetensors", "thumbnail": f"{name}.jpg"}
        made["sheet"] = f"{name}.sheet.jpg"
        snapshots.append({**made, "z_dim": 512, "w_dim": 16, "num_ws": 1, "resolution": 512, **facts})
    result = SnapshotsResult.model_validate({"snapshots": snapshots}).model_dump(mode="json")
    body = {"fence": claim["lease"]["fence"], "result": result, "artifacts": artifacts}
    return service.call("POST", f"/jobs/{claim['job']['id']}/finish", body)


def stylegan(
    architecture: str = "stylegan2 64", *, kimg: float | None = None, side: int = 64, **more: Any
) -> dict[str, Any]:
    """What a reader says of a StyleGAN."""
    facts = {"architecture": architecture, "parameters": 1_234_567, "warnings": [], **more}
    return {"kind": "stylegan2", "resolution": side, "z_dim": 64, "w_dim": 64, "kimg": kimg, "facts": facts}


def read(service: ServiceClient, *, refused: str = "", name: str = "", **found: Any) -> Any:
    """A service takes the next import and reads or refuses it. -> its claim"""
    claim = service.claim("import_snapshot")
    assert claim is not None
    if refused:
        said = {"fence": claim["lease"]["fence"], "message": refused, "kind_of_failure": "bad_input", "retry": True}
        assert service.call("POST", f"/leases/job/{claim['lease']['id']}/fail", said).status_code == 204
        return claim
    stem = name or claim["job"]["payload"]["name"].rsplit(".", 1)[0]
    answer = finish(service, claim, stem, **(found or stylegan()))
    assert answer.status_code == 204, answer.content
    return claim


def hand_in(service: ServiceClient, kind: str, files: dict[str, bytes], facts: dict[str, Any] | None = None) -> Any:
    """A service takes the next job of that kind and hands in its files by role. -> its claim"""
    claim = service.claim(kind)
    assert claim is not None
    artifacts, named = [], {}
    for role, data in files.items():
        upload_id, sha256 = service.upload(claim["job"]["project_id"], data, kind="artifact")
        artifacts.append({"name": f"{role}.bin", "upload_id": upload_id, "sha256": sha256})
        named[role] = f"{role}.bin"
    body = {"fence": claim["lease"]["fence"], "result": {"files": named, "facts": facts or {}}, "artifacts": artifacts}
    answer = service.call("POST", f"/jobs/{claim['job']['id']}/finish", body)
    assert answer.status_code == 204, answer.content
    return claim


def fail(service: ServiceClient, kind: str, message: str, **said: Any) -> Job:
    """A service takes the next job of that kind and gives it back with a sentence."""
    claim = service.claim(kind)
    assert claim is not None
    body = {"fence": claim["lease"]["fence"], "message": message, **said}
    assert service.call("POST", f"/leases/job/{claim['lease']['id']}/fail", body).status_code == 204
    return Job.objects.get(pk=claim["job"]["id"])
