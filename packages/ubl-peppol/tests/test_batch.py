"""Many documents: the same reports on any executor, resumable, with flat memory."""

import json
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

import ubl_peppol
from einvoice_core.reports import FileReport
from ubl_peppol.errors import UnknownProfileError
from ubl_peppol.testing import small_invoice

P = ParamSpec("P")
T = TypeVar("T")
GOOD = ubl_peppol.ubl.write(small_invoice())
WRONG = GOOD.replace(b">ES<", b">XX<")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with documents of every kind."""
    place = tmp_path / "in"
    place.mkdir()
    for number in range(20):
        (place / f"{number:02}.xml").write_bytes(WRONG if number % 3 == 0 else GOOD)
    (place / "broken.xml").write_bytes(b"<a")
    (place / "other.xml").write_bytes(b"<a/>")
    with zipfile.ZipFile(place / "more.zip", "w") as archive:
        archive.writestr("inside.xml", GOOD)
    return place


def outcome(reports: Iterator[FileReport]) -> list[tuple[object, ...]]:
    return [
        (
            report.file,
            report.valid,
            report.problem.code if report.problem else "",
            tuple((finding.rule, finding.path) for finding in report.findings),
        )
        for report in reports
    ]


def test_every_executor_gives_the_same(folder: Path) -> None:
    alone = outcome(ubl_peppol.validate_many([folder], "peppol-bis-3", jobs=1))
    assert [entry[0] for entry in alone] == sorted(str(entry[0]) for entry in alone)
    assert {entry[2] for entry in alone} >= {"", "ubl.unknown_document"}
    assert sum(bool(entry[1]) for entry in alone) == 14
    assert outcome(ubl_peppol.validate_many([folder], "peppol-bis-3", jobs=2, chunk=3)) == alone
    with ThreadPoolExecutor(2) as threads:
        assert (
            outcome(ubl_peppol.validate_many([folder], "peppol-bis-3", executor=threads)) == alone
        )
    with ProcessPoolExecutor(2) as pool:
        found = ubl_peppol.validate_many([folder], "peppol-bis-3", executor=pool, chunk=2)
        assert outcome(found) == alone


def test_a_run_goes_on_where_it_stopped(folder: Path, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    whole = outcome(ubl_peppol.validate_many([folder], jobs=1))
    started = ubl_peppol.validate_many([folder], jobs=1, journal=journal)
    first = outcome(next(started) for _ in range(5))
    started.close()
    # The fifth was handed out, but nobody came back for the next: it is judged again.
    rest = outcome(ubl_peppol.validate_many([folder], jobs=1, journal=journal))
    assert first + rest[1:] == whole
    assert outcome(ubl_peppol.validate_many([folder], jobs=1, journal=journal)) == []


def test_a_journal_that_was_cut_off_is_read_to_its_last_whole_line(
    folder: Path, tmp_path: Path
) -> None:
    journal = tmp_path / "journal"
    whole = outcome(ubl_peppol.validate_many([folder], jobs=1, journal=journal))
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(lines[:3]) + lines[3][:10])
    rest = outcome(ubl_peppol.validate_many([folder], jobs=1, journal=journal))
    assert rest == whole[3:]
    names = [json.loads(line)["file"] for line in journal.read_text().splitlines()]
    assert names == [entry[0] for entry in whole]


class Counting(Executor):
    """Runs things at once, and knows how many it was given before their results were taken."""

    def __init__(self) -> None:
        self.open = 0
        self.most = 0

    def submit(self, function: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> "Future[T]":
        """Run it here."""
        self.open += 1
        self.most = max(self.most, self.open)
        future: Future[T] = Future()
        future.set_result(function(*args, **named))
        return future


def test_few_documents_are_under_way_however_many_there_are(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.xml").write_bytes(b"<a/>")
    executor = Counting()
    taken = 0
    for _ in ubl_peppol.validate_many([tmp_path], executor=executor, chunk=1):
        taken += 1
        executor.open -= 1
    assert taken == 300
    assert executor.most < 30


def test_a_profile_that_does_not_exist_is_said_before_anything_runs(folder: Path) -> None:
    with pytest.raises(UnknownProfileError):
        next(ubl_peppol.validate_many([folder], "nope"))
