"""A form shows a bend's field where the operation reads it, and there alone."""

import pytest
import torch

from gpu_service.bending.chain import OPERATIONS
from gpu_service.bending.how import How
from gpu_service.networks.cppn import Cppn
from gpu_service.protocol.bends import BendSpec

OTHER = {"axis": "y", "level": 0.1, "size": 3, "edges": "black", "faithful": True}


def is_shown(field: str, bend: BendSpec) -> bool:
    when = BendSpec.model_json_schema()["properties"][field].get("x-when", {})
    return all(getattr(bend, name) in values for name, values in when.items())


@pytest.mark.parametrize("field", OTHER)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_shown_is_what_is_read(operation, field):
    generator = torch.Generator().manual_seed(1)
    maps = torch.rand(1, 3, 16, 16, generator=generator)
    flow = torch.rand(1, 2, 16, 16, generator=generator) * 20
    strength = torch.tensor([-0.21])  # outwards, so that zooms read beyond the edge, too
    pictures = []
    for values in ({}, {field: OTHER[field]}):
        bend = BendSpec(id="a", operation=operation, **values)
        pictures.append(OPERATIONS[operation](maps, strength, How(bend, depth=2, flow=flow)))
    assert (not torch.equal(*pictures)) == is_shown(field, BendSpec(id="a", operation=operation))


def test_networks_that_cannot_be_bent_are_the_ones_that_are_told():
    assert Cppn.bending_sides == ()
