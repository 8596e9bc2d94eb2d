"""Work on many items keeps its order, its memory and, when a process dies, the rest."""

import os
import signal
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einvoice_core.jobs import in_order, over_processes, processors


def square(number: int) -> int:
    return number * number


def die_at_seven(number: int) -> int:
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def fail_at_seven(number: int) -> int:
    if number == 7:
        raise LookupError("seven")
    return number


def lost(number: int) -> int:
    return -number


@given(st.lists(st.integers(), max_size=60), st.integers(1, 5), st.integers(1, 5))
@settings(max_examples=30)
def test_results_come_in_the_order_of_the_items(items: list[int], ahead: int, chunk: int) -> None:
    with ThreadPoolExecutor(4) as executor:
        results = list(in_order(square, items, executor, ahead=ahead, chunk=chunk))
    assert results == [square(item) for item in items]


def test_items_are_taken_as_they_are_needed() -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    with ThreadPoolExecutor(2) as executor:
        results = in_order(square, items(), executor, ahead=3, chunk=4)
        next(results)
        assert len(taken) <= 16
        results.close()  # type: ignore[attr-defined]  # it is a generator


def test_what_a_function_raises_arrives_at_its_place() -> None:
    with ThreadPoolExecutor(2) as executor:
        results = in_order(fail_at_seven, range(10), executor, chunk=1)
        assert [next(results) for _ in range(7)] == list(range(7))
        with pytest.raises(LookupError, match="seven"):
            next(results)


@pytest.mark.parametrize("jobs", [0, 1, 2])
def test_processes_change_nothing_in_the_results(jobs: int) -> None:
    items = range(60)
    assert list(over_processes(square, items, jobs, lost=lost)) == [square(n) for n in items]


def test_a_process_that_dies_takes_one_item_with_it() -> None:
    results = list(over_processes(die_at_seven, range(40), 2, lost=lost, chunk=4))
    assert results == [-7 if number == 7 else number for number in range(40)]


def test_few_items_start_no_process() -> None:
    results = over_processes(lambda number: number + 1, range(3), 0, lost=lost)
    assert list(results) == [1, 2, 3]


def test_ten_thousand_items_take_no_more_memory_than_a_hundred() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        with ThreadPoolExecutor(2) as executor:
            for result in in_order(bytes, (5_000 for _ in range(count)), executor):
                del result
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(100)
    assert peak(10_000) < 3 * peak(500)


def test_there_is_a_processor() -> None:
    assert processors() >= 1
