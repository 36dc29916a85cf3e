"""A path of vectors (waypoints) on one network: w at any place of it."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from scipy.interpolate import CubicSpline

from gpu_service.protocol import Interpolation, VectorSpec, Waypoint, path_length
from gpu_service.vectors.between import lerp, slerp, spline
from gpu_service.vectors.recipes import Recipes, map_all, refused


class Walk:
    """Places are in the unit of the waypoints' lengths, from 0 at the first. A loop has no end; others stop there.

    spherical turns z where both ends of a way are nothing but a z, and otherwise w around the average w.
    """

    def __init__(
        self, waypoints: Sequence[Waypoint], *, recipes: Recipes, interpolation: Interpolation, is_loop: bool
    ) -> None:
        if not waypoints:
            raise refused("This path has no pins yet. Add at least one.")
        self.recipes, self.interpolation, self.is_loop = recipes, interpolation, is_loop
        self.vectors = [waypoint.vector for waypoint in waypoints]
        self.points = recipes.rows(self.vectors, field="parameters.path").astype(np.float64)
        ways = waypoints if is_loop else waypoints[:-1]
        self.knots = np.cumsum([0.0, *(waypoint.length for waypoint in ways)])
        self.length = path_length(waypoints, is_loop=is_loop)

    def at(self, places: np.ndarray) -> np.ndarray:
        """float [N] -> w, float32 [N, num_ws, w_dim]"""
        if len(self.knots) == 1 or len(self.vectors) == 1:
            return np.repeat(self.points[:1], len(places), axis=0).astype(np.float32)
        places = places % self.length if self.is_loop else np.clip(places, 0, self.length)
        if self.interpolation == "smooth":
            return self._spline(places).astype(np.float32)
        ways = np.clip(np.searchsorted(self.knots, places, side="right") - 1, 0, len(self.knots) - 2)
        shares = (places - self.knots[ways]) / np.diff(self.knots)[ways]
        follow = self._arcs if self.interpolation == "spherical" else self._lines
        return follow(ways, shares).astype(np.float32)

    @cached_property
    def _spline(self) -> CubicSpline:
        points = np.concatenate([self.points, self.points[:1]]) if self.is_loop else self.points
        return spline(self.knots, points, is_loop=self.is_loop)

    def _lines(self, ways: np.ndarray, shares: np.ndarray) -> np.ndarray:
        return lerp(self.points[ways], self.points[self._next(ways)], shares[:, None])

    def _arcs(self, ways: np.ndarray, shares: np.ndarray) -> np.ndarray:
        average = self.recipes.average().astype(np.float64)
        ends = self.points[self._next(ways)]
        w = average + slerp(self.points[ways] - average, ends - average, shares[:, None])
        in_z = np.array([self._turns_z(int(way)) for way in ways])
        if in_z.any():
            w[in_z] = self._arcs_in_z(ways[in_z], shares[in_z])
        return w

    def _arcs_in_z(self, ways: np.ndarray, shares: np.ndarray) -> np.ndarray:
        """[n], [n] -> [n, num_ws, w_dim]"""
        starts, ends = [self.vectors[way] for way in ways], [self.vectors[way] for way in self._next(ways)]
        z = slerp(
            np.stack([self._z[way] for way in ways]), np.stack([self._z[way] for way in self._next(ways)]), shares
        )
        truncation = [
            (1 - share) * start.truncation + share * end.truncation
            for start, end, share in zip(starts, ends, shares, strict=True)
        ]
        return map_all(self.recipes.network, z, truncation=truncation, labels=self.recipes.labels(starts))

    @cached_property
    def _z(self) -> list[np.ndarray]:
        return [self.recipes.z(vector) for vector in self.vectors]

    def _turns_z(self, way: int) -> bool:
        start, end = self.vectors[way], self.vectors[int(self._next(np.array([way]))[0])]
        return is_plain(start) and is_plain(end) and start.label == end.label

    def _next(self, ways: np.ndarray) -> np.ndarray:
        return (ways + 1) % len(self.vectors)


def is_plain(vector: VectorSpec) -> bool:
    """Whether nothing happens to it after the mapping but an even truncation."""
    spaces = {*(term.space for term in vector.terms), *(tweak.space for tweak in vector.tweaks)}
    return "w" not in spaces and not vector.steps and not vector.mixes and vector.truncation_end is None
