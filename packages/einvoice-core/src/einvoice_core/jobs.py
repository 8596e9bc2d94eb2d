"""The same work on many items, on several processors, with the results in order.

Memory stays flat: a few items wait for their turn, however many there are. What ran is the same
with any :class:`concurrent.futures.Executor`, also one that spreads over machines.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from typing import TypeVar

__all__ = ["CHUNK", "in_order", "over_processes", "processors"]

T = TypeVar("T")
R = TypeVar("R")

CHUNK = 16
"""Items that travel to another process together."""

_AHEAD = 3


def processors() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(
    function: Callable[[T], R],
    items: Iterable[T],
    executor: Executor,
    *,
    ahead: int | None = None,
    chunk: int = CHUNK,
) -> Iterator[R]:
    """Apply a function to items on an executor; yield the results in the order of the items.

    Args:
        function: Must be importable where it runs, and so must what it returns.
        items: Taken as they are needed.
        executor: Where it runs; it stays open.
        ahead: Chunks that may be under way at once; by default three for each processor.
        chunk: Items in one chunk.

    Raises:
        Exception: What the function raised, at its place in the order.
    """
    waiting: deque[Future[list[R]]] = deque()
    limit = ahead or _AHEAD * processors()
    try:
        for group in _groups(items, chunk):
            waiting.append(executor.submit(_apply, function, group))
            if len(waiting) >= limit:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def over_processes(
    function: Callable[[T], R],
    items: Iterable[T],
    jobs: int,
    *,
    lost: Callable[[T], R],
    chunk: int = CHUNK,
) -> Iterator[R]:
    """Apply a function to items in processes of our own; yield the results in order.

    A process that dies (a crash inside a library, no memory left) takes only the item it worked on
    with it: the items that were under way run again, each alone.

    Args:
        function: A function of a module; it runs in other processes.
        items: Taken as they are needed.
        jobs: Processes; 1 runs everything here, 0 takes one for each processor when there are more
            items than travel together.
        lost: Makes the result of an item that killed its process.
        chunk: Items that travel together.
    """
    iterator = iter(items)
    if jobs == 0:
        first = list(islice(iterator, chunk + 1))
        jobs = processors() if len(first) > chunk else 1
        iterator = chain(first, iterator)
    if jobs == 1:
        yield from map(function, iterator)
        return
    # Single items first: few large documents are spread over the processes too.
    groups = chain(([item] for item in islice(iterator, _AHEAD * jobs)), _groups(iterator, chunk))
    waiting: deque[tuple[list[T], Future[list[R]]]] = deque()
    others = set(multiprocessing.active_children())
    pool = _pool(jobs)
    try:
        for group in groups:
            try:
                future = pool.submit(_apply, function, group)
            except BrokenProcessPool:
                # It broke while nobody was looking; the groups that it held notice by themselves.
                pool = _replaced(pool, jobs)
                future = pool.submit(_apply, function, group)
            waiting.append((group, future))
            while len(waiting) >= _AHEAD * jobs:
                yield from _collect(function, *waiting.popleft(), lost)
        while waiting:
            yield from _collect(function, *waiting.popleft(), lost)
    except KeyboardInterrupt:
        # Nobody waits for what is under way.
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _collect(
    function: Callable[[T], R], group: list[T], future: "Future[list[R]]", lost: Callable[[T], R]
) -> Iterator[R]:
    try:
        yield from future.result()
        return
    except BrokenProcessPool:
        pool = _pool(1)
    try:
        for item in group:
            try:
                result = pool.submit(function, item).result()
            except BrokenProcessPool:
                pool = _replaced(pool, 1)
                result = lost(item)
            yield result
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _pool(jobs: int) -> ProcessPoolExecutor:
    # Not "fork": a process that has threads, or has started Saxon, does not survive one.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_leave_interrupts_alone)


def _replaced(pool: ProcessPoolExecutor, jobs: int) -> ProcessPoolExecutor:
    pool.shutdown(wait=False, cancel_futures=True)
    return _pool(jobs)


def _leave_interrupts_alone() -> None:
    """Ctrl-C reaches every process of a terminal; the one that was started decides."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _apply(function: Callable[[T], R], group: list[T]) -> list[R]:
    return [function(item) for item in group]


def _groups(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while group := list(islice(iterator, size)):
        yield group
