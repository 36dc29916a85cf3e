"""Turning: the sawtooth that rotates the noise, and the disorder of its displacement (`specs/seeds/aiart.md` §2.5)."""

from itertools import pairwise
from typing import Literal

import numpy as np

from gpu_service.music.gance import rescale

Saw = Literal["shipped", "whole", "accumulated", "once"]
Disorder = Literal["shipped", "once", "swing"]


def segment_spans(boundaries: np.ndarray, frames: int) -> list[tuple[int, int]]:
    """(first, end) of each segment; the last one ends with the film. [S + 1] -> S spans"""
    edges = [*map(int, boundaries[:-1]), frames]
    return [(first, end) for first, end in pairwise(edges) if end > first]


def sawtooth(boundaries: np.ndarray, swell: np.ndarray, *, low: float, high: float, kind: Saw) -> np.ndarray:
    """How far the noise has turned, in turns, not modulo 1. [S + 1], [frames] -> float64 [frames]

    shipped: 0 … mean of norm(swell, low, high) over each segment, anew in each, so that it jumps. whole: the same
    rounded to whole turns. accumulated: each goes on where the last one ended. once: one turn each, as the README says.
    """
    frames = len(swell)
    factor, turns, begun = rescale(swell, (low, high)), np.zeros(frames), 0.0
    for first, end in segment_spans(boundaries, frames):
        reach = float(factor[first:end].mean())
        if kind == "shipped":
            turns[first:end] = np.linspace(0, reach, end - first)
            continue
        reach = {"whole": max(1.0, round(reach)), "accumulated": reach, "once": 1.0}[kind]
        # The next segment's first frame is where this one's turn is full, so that no frame is shown twice.
        turns[first:end] = begun + reach * np.arange(end - first) / (end - first)
        begun += reach if kind == "accumulated" else 0.0
    return turns


def disorder(boundaries: np.ndarray, turns: np.ndarray, *, kind: Disorder) -> np.ndarray:
    """How unlike the displacement's directions are; at 0 all agree. [frames] -> float64 [frames]

    shipped: the sawtooth itself, up to 3. once: 0 … 1 in each segment. swing: 0 … 1 … 0, which never jumps.
    """
    if kind == "shipped":
        return turns.copy()
    shares = np.zeros(len(turns))
    for first, end in segment_spans(boundaries, len(turns)):
        shares[first:end] = np.arange(end - first) / (end - first)
    return shares if kind == "once" else np.square(np.sin(np.pi * shares))
