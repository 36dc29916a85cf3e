"""A run on the workers of a Ray cluster: each is one process of the run, joined by Ray Train instead of torchrun.

The run's folder and the pictures lie where every worker reads them; rank 0 writes. A worker that is lost is replaced,
and all go on from the newest checkpoint. Needs the extra `cluster`.
"""

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpu_service.protocol import Said
from gpu_service.training.errors import TrainingError

if TYPE_CHECKING:
    from gpu_service.cli_train import TrainCall

RESTARTS = 3
REFUSAL, STORAGE = "refusal.json", "cluster"


def train_on_cluster(call: "TrainCall", *, folder: Path, workers: int) -> int:
    """Train with so many workers, each with a GPU where the cluster has them. -> exit code

    What only a person can mend is no reason to start again: the sentence comes back in a file of the run's folder.
    Raises TrainingError with it.
    """
    try:
        import ray
        from ray.train import FailureConfig, RunConfig, ScalingConfig
        from ray.train.torch import TorchTrainer
    except ImportError as error:
        raise TrainingError("Ray is not installed here. Install phosphene[cluster].") from error
    folder.mkdir(parents=True, exist_ok=True)
    refusal = folder.resolve() / REFUSAL
    refusal.unlink(missing_ok=True)
    if not ray.is_initialized():
        ray.init()
    has_cards = call.device != "cpu" and ray.cluster_resources().get("GPU", 0) >= workers
    trainer = TorchTrainer(
        _work,
        train_loop_config={"call": replace(_anywhere(call), refusal=refusal)},
        scaling_config=ScalingConfig(num_workers=workers, use_gpu=has_cards),
        run_config=RunConfig(
            storage_path=str(folder.resolve() / STORAGE), failure_config=FailureConfig(max_failures=RESTARTS)
        ),
    )
    try:
        trainer.fit()
    except Exception as error:  # Ray wraps the worker's error in its own
        raise TrainingError(f"The run ended on the cluster: {error}") from error
    if refusal.exists():
        said = Said.model_validate_json(refusal.read_bytes())
        refusal.unlink()
        raise TrainingError(said.sentence, kind=said.kind_of_failure)
    return 0


def _anywhere(call: "TrainCall") -> "TrainCall":
    """The same with whole paths: workers begin in folders of their own."""
    given: dict[str, Any] = {each.name: getattr(call, each.name) for each in fields(call)}
    whole: dict[str, Any] = {name: path.resolve() for name, path in given.items() if isinstance(path, Path)}
    return replace(call, **whole)


def _work(settings: "dict[str, TrainCall]") -> None:
    """One worker; Ray has joined them before."""
    from gpu_service.cli_train import train_call

    train_call(settings["call"])
