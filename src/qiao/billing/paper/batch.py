"""Thousands of bills on paper: files of a hundred bills for a printer, or one for each bill.

What is read of the next bills and what is typeset of those before goes on side by side. A file is
whole or not there: a batch that was stopped goes on with what is missing.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from qiao.billing.models import Bill
from qiao.billing.paper import bills_pdf
from qiao.billing.queries.bills import VIEW
from qiao.billing.queries.papers import bill_papers
from qiao.billing.showing_papers import BillPaper
from qiao.core.actor import Actor

TOGETHER: Final = 100
"""So many bills share a file, and are read and typeset at once: fonts are cut to size once."""
THREADS: Final = 4
END: Final = b"%%EOF"
TAIL: Final = 64


class OtherFiles(Exception):  # noqa: N818 - a refusal, not a fault
    """The folder holds PDF files that are not of these bills; `name` is one of them. Printed
    along, somebody would get a bill that is not meant."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which bills: those issued on a day, those of accounts by their numbers, or those with
    numbers of their own, which may have been taken back; all of them must hold."""

    issued: date | None = None
    accounts: tuple[str, ...] = ()
    bills: tuple[str, ...] = ()
    unit_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """A file to be, and the bills in it."""

    name: str
    bill_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """How many bills were written to files, and how many were there already."""

    made: int
    kept: int


def bills_wanted(*, actor: Actor, wanted: Wanted) -> list[tuple[int, str]]:
    """Ids and numbers of bills in units in which the actor sees bills, in the order in which they
    were issued."""
    units = set(actor.organisations(VIEW))
    if wanted.unit_ids:
        units &= set(wanted.unit_ids)
    rows = Bill.objects.filter(organisation__in=units)
    if wanted.issued:
        rows = rows.filter(issued_date=wanted.issued)
    if wanted.accounts:
        rows = rows.filter(account__account__number__in=wanted.accounts)
    if wanted.bills:
        rows = rows.filter(number__in=wanted.bills)
    else:
        rows = rows.filter(state=Bill.State.ISSUED)
    return list(rows.order_by("pk").values_list("pk", "number"))


def batches_of(bills: Sequence[tuple[int, str]], *, each: bool) -> list[Batch]:
    """The files in which bills (ids and numbers) stand."""
    size = 1 if each else TOGETHER
    parts = [bills[start : start + size] for start in range(0, len(bills), size)]
    return [
        Batch(
            f"{part[0][1]}.pdf" if len(part) == 1 else f"{part[0][1]}-{part[-1][1]}.pdf",
            tuple(pk for pk, _number in part),
        )
        for part in parts
    ]


def write_batches(
    batches: Sequence[Batch],
    folder: Path,
    *,
    language: str = "",
    progress: Callable[[Written], None] = lambda _written: None,
) -> Written:
    """Write these files into a folder, but for those that are whole already; outside a
    transaction. Raises `OtherFiles`, `core.typesetting.NoFont`, `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {batch.name for batch in batches}
    for file in folder.glob("*.pdf"):
        if file.name not in names:
            raise OtherFiles(file.name)
    left = [batch for batch in batches if not is_whole(folder / batch.name)]
    kept = sum(len(batch.bill_ids) for batch in batches) - sum(len(b.bill_ids) for b in left)
    made = 0
    workers = min(THREADS, os.cpu_count() or 1)
    pending: deque[tuple[Batch, Future[None]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for batch, papers in _read(left, language):
            while len(pending) > workers:
                made += _ended(pending)
                progress(Written(made, kept))
            pending.append((batch, pool.submit(_write, folder / batch.name, papers)))
        while pending:
            made += _ended(pending)
            progress(Written(made, kept))
    return Written(made, kept)


def is_whole(file: Path) -> bool:
    """Whether a file is there to its end."""
    try:
        with file.open("rb") as opened:
            opened.seek(max(0, file.stat().st_size - TAIL))
            return END in opened.read()
    except OSError:
        return False


def _read(batches: Sequence[Batch], language: str) -> Iterator[tuple[Batch, list[BillPaper]]]:
    """The papers of each file, read for at least a hundred bills at once."""
    step = max(1, TOGETHER // max(1, len(batches[0].bill_ids))) if batches else 1
    for start in range(0, len(batches), step):
        some = batches[start : start + step]
        known = Bill.objects.in_bulk([pk for batch in some for pk in batch.bill_ids])
        papers = {
            paper.bill_id: paper for paper in bill_papers(list(known.values()), language=language)
        }
        for batch in some:
            yield batch, [papers[pk] for pk in batch.bill_ids if pk in papers]


def _write(file: Path, papers: Sequence[BillPaper]) -> None:
    """The file, whole at once; without tags for screen readers, which paper has no use for."""
    draft = file.with_suffix(".part")
    draft.write_bytes(bills_pdf(papers, tagged=len(papers) == 1))
    draft.replace(file)


def _ended(pending: deque[tuple[Batch, "Future[None]"]]) -> int:
    batch, future = pending.popleft()
    future.result()
    return len(batch.bill_ids)
