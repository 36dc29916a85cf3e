"""Figures of one snapshot: pictures are drawn once and compared with as many of the data."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gpu_service.networks.base import Network, to_uint8
from gpu_service.protocol.training import Metric
from gpu_service.protocol.training_figures import NOT_COMPARABLE, ON_FEATURES
from gpu_service.training.data.pictures import Pictures
from gpu_service.training.metrics import compare
from gpu_service.training.metrics.features import Features
from gpu_service.training.metrics.gauges import Detail, Gauge, Patches, Pooled, Small
from gpu_service.training.metrics.kept import Kept
from gpu_service.training.metrics.path_length import path_length

AT_ONCE = 16
FEWEST = 5  # a third nearest neighbour and two more
SEED_OF_DATA = 0
PUBLISHED_COUNT = 50_000
Comparison = Callable[[compare.Numbers, compare.Numbers], dict[str, float]]

# Metric -> which gauge it reads, and how.
COMPARISONS: dict[Metric, tuple[str, Comparison]] = {
    "sharpness": ("detail", compare.sharpness),
    "diversity": ("small", compare.diversity),
    "patch_distance": ("patches", compare.patch_distance),
    "fid": ("pooled", compare.fid),
    "kid": ("pooled", compare.kid),
    "precision_recall": ("pooled", compare.precision_recall),
}


def measure(
    metrics: Sequence[Metric],
    network: Network,
    pictures: Pictures,
    *,
    features: Path | None,
    count: int,
    chance: torch.Generator,
    kept: Path | None = None,
    pictures_hash: str | None = None,
    report: Callable[[float], None] | None = None,
) -> tuple[dict[str, float], list[str]]:
    """-> figures by name (see `training_figures`), and sentences that belong beside them.

    `count` pictures are drawn on the device of `chance`, where the network is, and compared with as many of the data
    as there are, up to `count`. `kept` is a folder for the data's numbers, which `pictures_hash` tells from others'.
    `report` hears the share that is done, 0…1. Raises RenderError when the features cannot be read.
    """
    count = max(count, FEWEST)
    notes = []
    wanted = list(dict.fromkeys(metrics))
    if features is None and ON_FEATURES & set(wanted):
        notes.append(_left_out([metric for metric in wanted if metric in ON_FEATURES]))
        wanted = [metric for metric in wanted if metric not in ON_FEATURES]
    with torch.inference_mode():
        reader = Features(features, device=chance.device) if features and ON_FEATURES & set(wanted) else None
        work = _Work(network, pictures, reader, chance, Kept(kept, pictures_hash=pictures_hash), _Told(report))
        figures = work.figures(wanted, count)
    if reader is not None:
        notes += _notes_of(reader, wanted, drawn=count, compared=min(count, len(pictures)))
    return figures, notes


@dataclass
class _Told:
    """How far it is, in pictures looked at."""

    report: Callable[[float], None] | None
    total: int = 1
    done: int = 0

    def __call__(self, pictures: int) -> None:
        self.done += pictures
        if self.report is not None:
            self.report(min(self.done / self.total, 1.0))


@dataclass
class _Work:
    """What all figures of one snapshot share."""

    network: Network
    pictures: Pictures
    reader: Features | None
    chance: torch.Generator
    kept: Kept
    told: _Told

    def figures(self, metrics: list[Metric], count: int) -> dict[str, float]:
        names = list(dict.fromkeys(COMPARISONS[metric][0] for metric in metrics if metric in COMPARISONS))
        of_data = min(count, len(self.pictures))
        known = {name: self.kept.numbers(_key(self._gauge(name, of_data), of_data)) for name in names}
        unknown = [name for name in names if known[name] is None]
        pairs = count // 2 if "path_length" in metrics else 0
        self.told.total = (of_data if unknown else 0) + (count if names else 0) + 2 * pairs or 1
        data = {name: found for name, found in known.items() if found is not None}
        if unknown:
            data |= self._looked_at(self._data(of_data), unknown, of_data, keep=True)
        made = self._looked_at(self._made(count), names, count) if names else {}
        figures: dict[str, float] = {}
        for metric in metrics:
            if metric in COMPARISONS:
                name, comparison = COMPARISONS[metric]
                figures |= comparison(data[name], made[name])
        if pairs and self.reader is not None:
            figures["path_length"] = path_length(
                self.network, self.reader, self._rows, pairs=pairs, at_once=AT_ONCE, told=self.told
            )
        return figures

    def _gauge(self, name: str, count: int) -> Gauge:
        if name == "pooled":
            assert self.reader is not None
            return Pooled(self.reader)
        return Patches(count) if name == "patches" else Detail() if name == "detail" else Small()

    def _looked_at(
        self, batches: Iterator[Tensor], names: list[str], count: int, *, keep: bool = False
    ) -> dict[str, dict[str, np.ndarray]]:
        gauges = {name: self._gauge(name, count) for name in names}
        for batch in batches:
            for gauge in gauges.values():
                gauge.add(batch)
            self.told(len(batch))
        found = {name: gauge.numbers() for name, gauge in gauges.items()}
        if keep:
            for name, gauge in gauges.items():
                self.kept.keep(_key(gauge, count), found[name])
        return found

    def _data(self, count: int) -> Iterator[Tensor]:
        """The same ones each time, anywhere in the set. uint8 [n, 3, S, S]"""
        chosen = np.random.default_rng(SEED_OF_DATA).permutation(len(self.pictures))[:count]
        for some in np.array_split(chosen, -(-count // AT_ONCE)):
            batch = np.stack([self.pictures.read(int(index))[1] for index in some])
            yield torch.from_numpy(batch).to(self.chance.device)

    def _made(self, count: int) -> Iterator[Tensor]:
        """Pictures as they are, untruncated, each with noise of its own. uint8 [n, 3, S, S]"""
        for first in range(0, count, AT_ONCE):
            w = self._rows(min(AT_ONCE, count - first))
            seeds = torch.randint(0, 2**31, (len(w),), generator=self.chance, device=self.chance.device)
            yield to_uint8(self.network.synthesis(w, noise_mode="random", noise=seeds.tolist()))

    def _rows(self, count: int) -> Tensor:
        """New w of the network, labels as often as in the data. [n, L, W]"""
        device, labels = self.chance.device, None
        z = torch.randn(count, self.network.z_dim, generator=self.chance, device=device)
        if self.network.num_classes:
            like = torch.randint(0, len(self.pictures), (count,), generator=self.chance, device=device)
            rows = self.pictures.label_rows(like.cpu().numpy())
            labels = None if rows is None else torch.from_numpy(rows).to(device)
        return self.network.mapping(z, labels=labels)


def _key(gauge: Gauge, count: int) -> str:
    return f"{gauge.title} of {count}"


def _left_out(metrics: list[Metric]) -> str:
    names = ", ".join(metric.replace("_", " ") for metric in metrics)
    return f"Not measured: {names}. They need a network that tells pictures apart, a file that the operator supplies."


def _notes_of(features: Features, metrics: list[Metric], *, drawn: int, compared: int) -> list[str]:
    notes = []
    if "fid" in metrics:
        notes.append(NOT_COMPARABLE)
        if min(drawn, compared) < PUBLISHED_COUNT:
            notes.append(
                f"FID of {drawn:,} pictures against {compared:,}: the fewer, the higher. "
                "Compare it with figures of equally many alone; KID has no such error."
            )
    return [*notes, features.sentence]
