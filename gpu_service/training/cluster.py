"""A run on the workers of a Ray cluster: each is one process of the run, joined by Ray Train instead of torchrun.

The run's folder and the pictures lie where every worker reads them; rank 0 writes. A worker that is lost is replaced,
and all go on from the newest checkpoint. Needs the extra `cluster`.
"""

from typing import TYPE_CHECKING

from gpu_service.training.errors import TrainingError

if TYPE_CHECKING:
    from gpu_service.cli_train import TrainCall

RESTARTS = 3


def train_on_cluster(call: "TrainCall", *, workers: int) -> int:
    """Train with so many workers, each with a GPU where the cluster has them. -> exit code"""
    try:
        import ray
        from ray.train import FailureConfig, RunConfig, ScalingConfig
        from ray.train.torch import TorchTrainer
    except ImportError as error:
        raise TrainingError("Ray is not installed here. Install phosphene[cluster].") from error
    if not ray.is_initialized():
        ray.init()
    has_cards = call.device != "cpu" and ray.cluster_resources().get("GPU", 0) >= workers
    trainer = TorchTrainer(
        _work,
        train_loop_config={"call": call},
        scaling_config=ScalingConfig(num_workers=workers, use_gpu=has_cards),
        run_config=RunConfig(failure_config=FailureConfig(max_failures=RESTARTS)),
    )
    try:
        trainer.fit()
    except Exception as error:  # Ray wraps the worker's error in its own
        raise TrainingError(f"The run ended on the cluster: {error}") from error
    return 0


def _work(settings: "dict[str, TrainCall]") -> None:
    """One worker; Ray has joined them before."""
    from gpu_service.cli_train import train_call

    train_call(settings["call"])
