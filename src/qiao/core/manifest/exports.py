"""What a module lets people take away as a file that is written in the background."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from qiao.core.actor import Actor
from qiao.core.manifest.pages import Text


@dataclass(frozen=True, slots=True)
class Order:
    """A file to be written at `path` in `form`, with the rights that `actor` has now.

    `advance(rows)` tells how far it is; it raises `qiao.core.exports.Stopped` once somebody
    cancelled. `asked_at` is when it was asked for.
    """

    actor: Actor
    terms: Mapping[str, Any]
    form: str
    path: Path
    asked_at: datetime
    now: datetime
    advance: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """What a file holds, for the record of the disclosure: rows and the names of its fields."""

    rows: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExportKind:
    """A kind of file that people take away: who may, what it holds in words, how it is written.

    `write` works in bounded memory and in no transaction, from the beginning each time; it
    raises `qiao.core.actor.Forbidden` where the actor may not have it any more. `describe` says
    what the terms stand for, `name` what the file is called, without its ending, both to the
    actor who asked. `subject` stands in the record of disclosures. The file goes after the period
    of the retention rule `kept_by`. `done` is called in the transaction that makes it
    ready (the id, the staff id, the moment), in place of the usual notice.
    """

    key: str
    label: Text
    permission: str
    subject: str
    describe: Callable[[Actor, Mapping[str, Any]], str]
    name: Callable[[Mapping[str, Any]], str]
    write: Callable[[Order], Written]
    kept_by: str = "core.exports"
    done: Callable[[int, int, datetime], None] | None = None
