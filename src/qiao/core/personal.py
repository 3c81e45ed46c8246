"""What is held about one person: collected for the person, erased where law says so.

A module that keeps a person's words declares `PersonalData` in its manifest. The customers module
knows who the person is and asks all of them; none of them knows the others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from qiao.core.models import Attachment

Text = Any  # str or a lazy translation


@dataclass(frozen=True, slots=True)
class Person:
    """A person as all modules find them.

    `customer_ids` are all ids under which the person is held, `phones` their numbers in the stored
    form that nobody else has. `words` are the texts that are theirs alone: name, numbers of
    documents, telephone numbers as digits.
    """

    customer_ids: tuple[int, ...]
    phones: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """One kind of thing that is held: rows of column and value, and the files with them."""

    title: Text
    rows: Sequence[Mapping[str, Any]]
    files: Sequence[Attachment] = ()


@dataclass(frozen=True, slots=True)
class Hinder:
    """Why a person cannot be erased now, with the address of what has to end first."""

    text: Text
    url: str = ""


@dataclass(slots=True)
class Erasing:
    """An erasure that runs: the approval that allows it, what was erased, which files must go.

    `counts` holds rows by a key that the page has words for, `files` the SHA-256 of contents that
    no row holds any more.
    """

    approval_id: int
    now: datetime
    counts: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def count(self, key: str, rows: int) -> None:
        """Add to what was erased."""
        if rows > 0:
            self.counts[key] = self.counts.get(key, 0) + rows

    def run(self, key: str, sql: str, values: Mapping[str, Any]) -> None:
        """Run a set-based statement and count its rows."""
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            self.count(key, cursor.rowcount)

    def redact(
        self, key: str, *, table: str, by: str, ids: Sequence[int], fields: Sequence[str]
    ) -> None:
        """Take the words out of append-only rows of `table` whose column `by` is among `ids`."""
        if not ids:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT qiao_redact(%s, %s, %s, %s, %s)",
                [self.approval_id, table, by, list(ids), list(fields)],
            )
            self.count(key, cursor.fetchone()[0])

    def redact_trail(self, key: str, *, table: str, ids: Sequence[int]) -> None:
        """Take the values out of the audit trail of these rows."""
        if not ids:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT qiao_redact_trail(%s, %s, %s)", [self.approval_id, table, list(ids)]
            )
            self.count(key, cursor.fetchone()[0])

    def drop_files(self, key: str, *, owner_kind: str, owner_ids: Sequence[int]) -> None:
        """Remove the attachments of these owners; contents that others hold as well stay."""
        own = Attachment.objects.filter(owner_kind=owner_kind, owner_id__in=list(owner_ids))
        digests = set(own.values_list("sha256", flat=True))
        count, _by_model = own.delete()
        held = set(Attachment.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
        self.files.extend(sorted(digests - held))
        self.count(key, count)


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What one module holds about people.

    `collect` gives all of it for the person to read; `erase` removes it or takes the person out
    of it, with few set-based statements in the running transaction; `hinders` says what must end
    before. `counted` are the words for the keys that `erase` counts. `requests` are the requests
    to a second person about the person: by kind, the ids of their subjects.
    """

    key: str
    order: int
    collect: Callable[[Person], Sequence[Held]]
    erase: Callable[[Person, Erasing], None]
    hinders: Callable[[Person], Sequence[Hinder]] = lambda _person: ()
    requests: Callable[[Person], Mapping[str, Sequence[int]]] = lambda _person: {}
    counted: Mapping[str, Text] = field(default_factory=dict)


def select(sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of a SELECT by the names of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def ids_of(sql: str, values: Mapping[str, Any]) -> list[int]:
    """The first column of a SELECT."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


_SAID = {
    "core_export": (
        "UPDATE core_export SET reason = '–', terms = '{}',"
        " state = CASE WHEN state IN ('waiting', 'running') THEN 'cancelled' ELSE state END"
        " WHERE reason LIKE ANY(%(like)s) OR terms::text LIKE ANY(%(like)s)"
    ),
    "core_idempotencykey": (
        "UPDATE core_idempotencykey SET result = qiao_redacted(result, true)"
        " WHERE result::text LIKE ANY(%(like)s)"
    ),
}
# Who decided on the erasure withdraws what waits: nobody could carry it out, nor read what it was.
_REQUESTS = """
UPDATE core_approval a
   SET reason = '–', decision_note = '',
       payload = CASE WHEN r.is_about THEN '{}' ELSE a.payload END,
       state = CASE WHEN r.is_withdrawn THEN 'withdrawn' ELSE a.state END,
       decided_at = CASE WHEN r.is_withdrawn THEN %(now)s ELSE a.decided_at END,
       decided_by_id = CASE WHEN r.is_withdrawn
                            THEN (SELECT e.decided_by_id FROM core_approval e
                                   WHERE e.id = %(erasure)s)
                            ELSE a.decided_by_id END
  FROM (SELECT s.*, s.is_about AND s.state = 'pending' AS is_withdrawn
          FROM (SELECT q.id, q.state,
                       EXISTS (SELECT 1
                                 FROM unnest(%(kinds)s::text[], %(subjects)s::bigint[]) AS w (k, i)
                                WHERE w.k = q.kind AND w.i = q.subject_id)
                       OR q.payload::text LIKE ANY(%(like)s::text[]) AS is_about
                  FROM core_approval q
                 WHERE q.kind = ANY(%(kinds)s::text[]) AND q.subject_id = ANY(%(subjects)s)
                    OR q.payload::text LIKE ANY(%(like)s::text[])
                    OR q.reason LIKE ANY(%(like)s::text[])
                    OR q.decision_note LIKE ANY(%(like)s::text[])
                 ORDER BY q.id FOR UPDATE) s) r
 WHERE a.id = r.id
"""


def forget_requests(
    person: Person, erasing: Erasing, about: Sequence[Mapping[str, Sequence[int]]]
) -> None:
    """Take the person out of requests to a second person; from those `about` them, all goes.

    What is about them and waits is withdrawn. Called before anything else is erased: a decision
    locks the request first as well, then what it is about.
    """
    pairs = [(kind, pk) for each in about for kind, ids in each.items() for pk in ids]
    values = {
        "kinds": [kind for kind, _id in pairs],
        "subjects": [pk for _kind, pk in pairs],
        "like": _patterns(person),
        "now": erasing.now,
        "erasure": erasing.approval_id,
    }
    erasing.run("core.core_approval", _REQUESTS, values)


def _patterns(person: Person) -> list[str]:
    return [f"%{word}%" for word in person.words if word]


def erase_said(person: Person, erasing: Erasing) -> None:
    """Take the person out of the toolbox's own tables: answers and disclosures."""
    if like := _patterns(person):
        for table, sql in _SAID.items():
            erasing.run(f"core.{table}", sql, {"like": like})
        ids = ids_of(
            "SELECT id FROM core_disclosure WHERE reason LIKE ANY(%(like)s)", {"like": like}
        )
        erasing.redact(
            "core.core_disclosure", table="core_disclosure", by="id", ids=ids, fields=["reason"]
        )


def collect_looks(person: Person) -> list[Held]:
    """Who looked at hidden data of the person, and why: they have a right to know."""
    rows = select(
        "SELECT at, kind, fields, reason FROM core_disclosure WHERE subject = 'customer'"
        " AND subject_id = ANY(%(ids)s) ORDER BY id",
        {"ids": list(person.customer_ids)},
    )
    return [Held(_("Who looked at hidden data"), rows)]
