"""Futures of several devices as one, and a stream of work over them whose answers come in order."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from itertools import count
from threading import Lock
from typing import TypeVar

T = TypeVar("T")


def all_of(futures: "Sequence[Future[T]]") -> "Future[T]":
    """Done when all are, with the last one's answer; fails as the first of them that fails."""
    return _together(futures, lambda answers: answers[-1])


def joined(futures: "Sequence[Future[list[T]]]") -> "Future[list[T]]":
    """Their lists one after the other; an empty one makes the whole empty, for then it is to be asked again."""
    return _together(futures, lambda answers: [each for answer in answers for each in answer] if all(answers) else [])


def _together(futures: "Sequence[Future[T]]", combine: Callable[[list[T]], T]) -> "Future[T]":
    whole: Future[T] = Future()
    left, lock = len(futures), Lock()

    def done(one: "Future[T]") -> None:
        nonlocal left
        with lock:
            left -= 1
            if whole.done():
                return
            error = one.exception()
            if error is not None:
                whole.set_exception(error)
            elif left == 0:
                whole.set_result(combine([each.result() for each in futures]))

    for future in futures:
        future.add_done_callback(done)
    return whole


def in_order(submit: "Callable[[int], Future[T]]", *, ahead: int, pieces: int | None = None) -> Iterator[T]:
    """Pieces 0, 1, 2 … of some work in that order, up to `ahead` of them under way or waiting to be taken.

    Nothing more is begun until somebody takes a piece: who is slow makes the work slow, and memory stays as it is.
    """
    under_way: deque[Future[T]] = deque()
    try:
        for number in count() if pieces is None else range(pieces):
            under_way.append(submit(number))
            if len(under_way) >= ahead:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        for future in under_way:
            future.cancel()
