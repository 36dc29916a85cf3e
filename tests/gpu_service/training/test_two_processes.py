"""Two processes with half of the batch each, joined by gloo, against one with the whole."""

import json
import os
import sys
from pathlib import Path

import torch
from torch import distributed, multiprocessing

from gpu_service.training.data.pictures import open_pictures
from gpu_service.training.trainer import Trainer
from gpu_service.training.turns import Turns
from gpu_service.training.wishes import Wishes
from gpu_service.training.world import ALONE, Joined, joined
from tests.gpu_service.training.sets import files, write_zip
from tests.gpu_service.training.trainers import CPU, batches, gradients, kept, little_config

BROKEN = 5
CHANGES = {"augment": "fixed", "first_p": 0.4, "mbstd_group": 2, "labels": True}


def _train(rank: int, folder: str) -> None:
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=2)
    labels = torch.eye(3)[torch.arange(8) % 3].chunk(2)[rank]
    looked = Trainer(little_config(**CHANGES), device=CPU, world=Joined(), num_classes=3)
    found = gradients(looked, share=(rank, 2), labels=labels)
    trainer = Trainer(little_config(**CHANGES), device=CPU, world=joined(CPU), num_classes=3)
    stats = [trainer.step(batch.chunk(2)[rank], labels) for batch in batches(2)]
    told = torch.tensor([[float(step.loss_g), float(step.loss_d), float(step.sign_real)] for step in stats])
    torch.save({"gradients": found, "told": told, "state": kept(trainer)}, f"{folder}/{rank}.pt")
    _meet(rank, folder)
    distributed.destroy_process_group()


def _meet(rank: int, folder: str) -> None:
    """Rank 1 comes upon a broken picture; what rank 0 then has to say is kept."""
    pictures = open_pictures(Path(folder) / "set.zip", size=16)
    if rank == 1:
        pictures.read(BROKEN)
    turns = Turns(little_config(), Wishes(), Joined(), CPU)
    for at in range(2):
        turn = turns.next(pictures=0, snapped_at=0, checkpoint_due=False, met=pictures.take_met())
        for index in turn.met:
            pictures.look(index)
        said = {"met": turn.met, "said": pictures.take_notices(), "wanted": turn.outcome}
        Path(folder, f"turn-{at}-{rank}.json").write_text(json.dumps(said))


def test_two_processes_with_half_a_batch_each_are_one_with_the_whole(tmp_path):
    content = files(12)
    name = sorted(content)[BROKEN]
    write_zip(tmp_path / "set.zip", content | {name: b"no picture"})
    multiprocessing.spawn(_train, args=(str(tmp_path),), nprocs=2)
    # A broken picture that one meets is named by the first at once, and once.
    turns = [json.loads((tmp_path / f"turn-{at}-0.json").read_text()) for at in range(2)]
    assert turns[0] == {"met": [BROKEN], "said": [f"{name} is no picture: skipped."], "wanted": None}
    assert turns[1] == {"met": [], "said": [], "wanted": None}
    first, second = (torch.load(tmp_path / f"{rank}.pt") for rank in (0, 1))
    labels = torch.eye(3)[torch.arange(8) % 3]
    whole = Trainer(little_config(**CHANGES), device=CPU, num_classes=3)
    wanted = gradients(whole, labels=labels)
    for name, gradient in wanted.items():
        assert (first["gradients"][name] - gradient).norm() < 1e-4 * gradient.norm(), name
    alone = Trainer(little_config(**CHANGES), device=CPU, num_classes=3)
    steps = [alone.step(batch, labels) for batch in batches(2)]
    told = torch.tensor([[float(step.loss_g), float(step.loss_d), float(step.sign_real)] for step in steps])
    assert torch.allclose(first["told"], told, atol=2e-2)
    assert torch.allclose(first["told"][0], told[0], atol=1e-4)
    # Both hold the same to the bit, so nothing ever needs to be sent but gradients.
    assert all(torch.equal(value, second["state"][name]) for name, value in first["state"].items())


def test_without_a_launcher_a_process_is_alone():
    assert "TORCHELASTIC_RUN_ID" not in os.environ, sys.argv
    assert joined(CPU) is ALONE
