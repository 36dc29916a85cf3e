"""Directions of a network: SeFa (what its style layers hear most) and GANSpace (where its w varies most).

SeFa: the eigenvectors of AᵀA, A being the style layers stacked (Shen & Zhou 2021, closed-form factorisation). GANSpace:
principal components of w over samples of z (Härkönen et al. 2020). Of the two signs of a direction, the one is kept
whose largest number is positive.
"""

from collections.abc import Callable

import numpy as np
import torch

from gpu_service.errors import RenderError
from gpu_service.networks.base import Network
from gpu_service.protocol import DirectionsOrder, Rows
from gpu_service.vectors.directions import DirectionFacts, Directions
from gpu_service.vectors.numbers import row_slice

SAMPLE_SEED = 0
SAMPLES_AT_ONCE = 500
Report = Callable[[int], None]


def find_directions(
    network: Network, order: DirectionsOrder, *, snapshot_sha256: str, report: Report = lambda _samples: None
) -> Directions:
    """As many as were asked for, or as w has numbers. `report` hears how many samples are done."""
    check_rows(order.rows, network.num_ws)
    if not np.isfinite(network.style_weights().float().cpu().numpy()).all():
        raise RenderError("This snapshot holds numbers that are none (NaN), so it has no directions.", kind="bad_input")
    samples = sample_w(network, order.samples, report=report)
    mean = samples.mean(axis=0)
    gram = np.cov(samples, rowvar=False) if order.method == "ganspace" else sefa_gram(network, order.rows)
    values, rows = strongest(gram, count=order.count)
    facts = DirectionFacts(
        method=order.method,
        snapshot_sha256=snapshot_sha256,
        shares=[float(share) for share in values / max(float(np.trace(gram)), 1e-300)],
        rows=order.rows,
        samples=order.samples,
    )
    scale = (samples - mean) @ rows.T
    return Directions(
        directions=rows.astype(np.float32),
        scale=scale.std(axis=0).astype(np.float32),
        mean=mean.astype(np.float32),
        facts=facts,
    )


def check_rows(rows: Rows, num_ws: int) -> None:
    """RenderError where the network has not all of those rows, or there are none."""
    end = num_ws if rows.end is None else rows.end
    if rows.first < end <= num_ws:
        return
    has = "row 0 alone" if num_ws == 1 else f"rows 0 to {num_ws - 1}"
    if rows.end is not None and rows.end <= rows.first:
        asked = f"rows {rows.first} to {rows.end - 1}, which are none"
    else:
        asked = f"row {rows.first}" if end <= rows.first + 1 else f"rows {rows.first} to {end - 1}"
    raise RenderError(f"This was to look at {asked}; this network has {has}.", kind="bad_input", field="rows")


def sample_w(network: Network, count: int, *, report: Report = lambda _samples: None) -> np.ndarray:
    """w of that many z from one fixed seed, no truncation; classes take turns. -> float64 [count, w_dim]"""
    chance = np.random.RandomState(SAMPLE_SEED)
    found = np.empty((count, network.w_dim))
    for start in range(0, count, SAMPLES_AT_ONCE):
        size = min(SAMPLES_AT_ONCE, count - start)
        labels = None
        if network.num_classes:
            labels = np.eye(network.num_classes, dtype=np.float32)[np.arange(start, start + size) % network.num_classes]
        found[start : start + size] = _map_together(network, chance.randn(size, network.z_dim), labels)
        report(start + size)
    return found


def _map_together(network: Network, z: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
    """z [N, Z] -> w [N, w_dim]. With gradients, networks map a batch in one product, not row by row for its last bits.

    A statistic over thousands of samples needs no last bits, and takes a tenth of the time.
    """
    with torch.enable_grad():
        asked = torch.from_numpy(z.astype(np.float32)).requires_grad_()
        w = network.mapping(asked, labels=None if labels is None else torch.from_numpy(labels))
    return w.detach()[:, 0].double().cpu().numpy()


def sefa_gram(network: Network, rows: Rows) -> np.ndarray:
    """AᵀA of the style layers that read those rows. -> float64 [w_dim, w_dim]"""
    chosen = row_slice(rows, network.num_ws)
    weights = network.style_weights(range(chosen.start, chosen.stop)).double().cpu().numpy()
    if len(weights) == 0:
        sentence = f"No style layer reads the rows {rows.first} to {rows.end}: this network has {network.num_ws}."
        raise RenderError(sentence, kind="bad_input", field="rows")
    return weights.T @ weights


def strongest(gram: np.ndarray, *, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The largest eigenvalues [K] of a symmetric matrix and their unit vectors [K, n], strongest first."""
    values, columns = np.linalg.eigh(gram)
    rows = columns.T[::-1][:count]
    signs = np.sign(rows[np.arange(len(rows)), np.abs(rows).argmax(axis=1)])
    return np.maximum(values[::-1][:count], 0), rows * signs[:, None]
