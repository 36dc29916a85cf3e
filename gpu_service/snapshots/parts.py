"""What a reader makes of a file: networks as settings and unread numbers, and what is odd about them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from gpu_service.networks.stylegan2_layout import OPTIONAL
from gpu_service.snapshots.numbers import Numbers

UNKNOWN_NAMES_SHOWN = 3


class Unreadable(Exception):
    """What the file is instead, as the rest of a sentence that begins with its name."""


@dataclass(frozen=True)
class Part:
    """One network: "stylegan2", "stylegan3", "discriminator" or "augmentation", its settings, its tensors by name."""

    kind: str
    config: dict[str, object]
    tensors: dict[str, Numbers]


@dataclass
class Contents:
    """A whole file. `generator` draws; `training` holds G, D and augment_pipe as far as they are there and sound."""

    generator: Part
    training: dict[str, Part] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    kimg: int | None = None


def fitting(
    found: Mapping[str, Numbers], wanted: Mapping[str, tuple[int, ...]], *, buffers: Collection[str] = ()
) -> tuple[dict[str, Numbers], list[str]]:
    """The tensors of the plan, in its order, and the names left over, which may only be those of `buffers`.

    Raises Unreadable naming the first that differ.
    """
    left_over = sorted(set(found) - set(wanted) - set(buffers))
    check_shapes({name: tensor.shape for name, tensor in found.items() if name in wanted or name in left_over}, wanted)
    kept = {name: found[name] for name in wanted if name in found}
    return kept, sorted(set(found) - set(wanted))


def check_shapes(found: Mapping[str, tuple[int, ...]], wanted: Mapping[str, tuple[int, ...]]) -> None:
    """Compare names and shapes both ways. Raises Unreadable naming the first that differ."""
    if foreign := sorted(set(found) - set(wanted)):
        raise Unreadable(f"holds tensors that its architecture has not: {listing(foreign)}")
    if absent := sorted(set(wanted) - set(found) - OPTIONAL):
        raise Unreadable(f"lacks tensors of its architecture: {listing(absent)}")
    for name, shape in wanted.items():
        if name in found and tuple(found[name]) != shape:
            raise Unreadable(f"says that {name} is {times(found[name])} where its architecture has {times(shape)}")


def listing(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - UNKNOWN_NAMES_SHOWN
    shown = ", ".join(name if len(name) <= 80 else name[:79] + "…" for name in names[:UNKNOWN_NAMES_SHOWN])
    return shown + (f" and {more} more" if more > 0 else "")


def times(shape: tuple[int, ...]) -> str:
    """512 × 512 × 3 × 3."""
    return " × ".join(map(str, shape)) or "one number"
