"""Which face models the settings name: said without opening their files, which only the worker does."""

from typing import Any

from django.conf import settings

from studio.datasets import focus, hashes, light

BOOST, MIT = "Boost Software License 1.0", "MIT"
# The two files that dlib's author publishes, by their SHA-256.
POINT_LICENCES = {
    "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888": "CC0 1.0 (5 points)",
    "fbdc2cb80eb9aa7a758672cbfdda32ba6300efe9b6e6c7a299ff7e736b11b92f": (
        "not for commercial products (68 points, trained on iBUG 300-W)"
    ),
}
UNKNOWN = "a file of the operator's own; whoever supplied it knows its licence"


def models_of_settings() -> list[dict[str, str]]:
    """Name and licence of what finds faces, and of what finds their points."""
    import dlib

    models = settings.FACE_MODELS
    if models.detector == "yunet" and models.yunet is not None:
        found = [{"name": f"yunet {models.yunet.sha256[:8]}", "licence": MIT}]
    else:
        found = [{"name": f"dlib-hog {dlib.__version__}", "licence": BOOST}]
    if models.landmarks is not None:
        sha256 = models.landmarks.sha256
        found.append({"name": f"points {sha256[:8]}", "licence": POINT_LICENCES.get(sha256, UNKNOWN)})
    return found


def version_of(names: list[str]) -> str:
    """What gives the scores: kept as `scored_by`. When it changes, portraits can be scored again."""
    return f"{' + '.join(names)}; {focus.NAME}; {light.NAME}; {hashes.NAME}"


def current_version() -> str:
    """What would be written as `scored_by` now."""
    return version_of([model["name"] for model in models_of_settings()])


def facts(scored: Any) -> dict[str, Any]:
    """For the page: the models, and how many portraits wait for them or were scored by others."""
    version = current_version()
    return {
        "version": version,
        "models": models_of_settings(),
        "waiting": scored.filter(scored_by="").count(),
        "outdated": scored.exclude(scored_by__in=["", version]).count(),
    }
