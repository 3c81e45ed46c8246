"""Promises in words: given, kept, withdrawn in time, and decided on when their time is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.cases.events import CaseChanged
from qiao.cases.journal import (
    CUSTOMER,
    INTERNAL,
    CaseClosedAlready,
    Journal,
    ManyJournals,
    lock_case,
    lock_many,
)
from qiao.cases.models import Case, CaseWord
from qiao.cases.operations.merging import queue_joins
from qiao.cases.operations.word_mirror import mirror_words
from qiao.cases.queries.joining import survivors_of
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.operations import notify

NOTICE: Final = "cases.word"
TEXT_LENGTH: Final = 300
SOURCES: Final = ("", "answer", "reply", "note")
BATCH: Final = 500


class WordAhead(Exception):  # noqa: N818 - names the finding
    """What is promised must lie ahead."""


class WordDecided(Exception):  # noqa: N818 - names the finding
    """The promise was kept, broken or withdrawn already."""


@dataclass(frozen=True, slots=True)
class Word:
    """What is promised: `text`, until `due_at`, by the person `keeper_id`; said in `source`."""

    text: str
    due_at: datetime
    keeper_id: int
    source: str = ""


def give_word(*, case_id: int, word: Word, actor: Actor, now: datetime) -> CaseWord:
    """Keep what was promised to the customer of a case.

    Raises `Forbidden`, `CaseClosedAlready`, `BadText`, `WordAhead`.
    """
    case = lock_case(case_id)
    actor.require("cases.work", case.organisation_id)
    if case.closed_at is not None:
        raise CaseClosedAlready(case.number)
    text = clean(word.text, field="text", max_length=TEXT_LENGTH, required=True)
    if word.due_at <= now:
        raise WordAhead(word.due_at.isoformat())
    kept = CaseWord.objects.create(
        case=case,
        text=text,
        source=word.source if word.source in SOURCES else "",
        due_at=word.due_at,
        given_at=now,
        given_by_id=actor.person_id,
        keeper_id=word.keeper_id,
    )
    facts = {"word": kept.pk, "text": text, "due": word.due_at.isoformat()}
    _write(case, "word_given", facts, actor, now)
    return kept


def keep_word(*, word_id: int, actor: Actor, now: datetime) -> CaseWord:
    """Say that what was promised is done; after its time it stays broken, and is made good.

    Raises `Forbidden`, `WordDecided`, `CaseWord.DoesNotExist`.
    """
    word, case = _locked(word_id, actor)
    if word.done_at is not None or word.state == CaseWord.State.WITHDRAWN:
        raise WordDecided(str(word_id))
    word.done_at = now
    in_time = now <= word.due_at
    word.state = CaseWord.State.KEPT if in_time else CaseWord.State.BROKEN
    word.save(update_fields=["done_at", "state"])
    _write(case, "word_kept" if in_time else "word_made_good", _facts(word), actor, now)
    return word


def withdraw_word(*, word_id: int, reason: str, actor: Actor, now: datetime) -> CaseWord:
    """Take a promise back while its time runs, for a reason that the customer was told.

    Raises `Forbidden`, `BadText`, `WordDecided`, `CaseWord.DoesNotExist`.
    """
    word, case = _locked(word_id, actor)
    why = clean(reason, field="reason", max_length=TEXT_LENGTH, required=True)
    if word.state != CaseWord.State.OPEN or word.due_at <= now:
        raise WordDecided(str(word_id))
    word.state = CaseWord.State.WITHDRAWN
    word.save(update_fields=["state"])
    _write(case, "word_withdrawn", {**_facts(word), "reason": why}, actor, now)
    return word


_ENDED: Final = """
SELECT w.id, w.case_id
  FROM cases_caseword w JOIN cases_case c ON c.id = w.case_id
 WHERE w.state = 'open' AND (w.due_at <= %(now)s OR c.closed_at IS NOT NULL)
 ORDER BY w.due_at, w.id LIMIT %(most)s
"""


def decide_words(*, now: datetime, most: int = BATCH) -> int:
    """Decide on promises whose time is over, and on those of cases that were archived.

    A promise whose case was archived in time was kept; any other that nobody called done is
    broken, and its keeper is told. Returns how many were looked at.
    """
    required()
    with connection.cursor() as cursor:
        cursor.execute(_ENDED, {"now": now, "most": most})
        found = dict(cursor.fetchall())
    if not found:
        return 0
    cases = _lock_standing_first(found.values())
    words = CaseWord.objects.select_for_update().filter(pk__in=found, state="open").order_by("id")
    journal = ManyJournals(cases.values(), actor=None, now=now)
    decided = [word for word in words if _decide(word, cases[word.case_id], journal, now)]
    journal.write()
    CaseWord.objects.bulk_update(decided, ["state", "done_at"])
    _ring(decided, now)
    mirror_words(cases)
    return len(found)


def _decide(word: CaseWord, case: Case, journal: ManyJournals, now: datetime) -> bool:
    """Set how a promise ended, as its locked case says; False for one whose time runs on."""
    if case.closed_at is not None and case.closed_at <= word.due_at:
        word.state, word.done_at = CaseWord.State.KEPT, case.closed_at
        journal.add(case, "word_kept", _facts(word), at=case.closed_at)
    elif word.due_at <= now:
        word.state = CaseWord.State.BROKEN
        journal.add(case, "word_broken", _facts(word), visibility=INTERNAL, at=word.due_at)
    else:
        return False
    return True


def _ring(words: Iterable[CaseWord], now: datetime) -> None:
    for word in words:
        if word.state == CaseWord.State.BROKEN:
            notify(
                staff_ids=[word.keeper_id],
                kind=NOTICE,
                subject_id=word.case_id,
                once=f"word:{word.pk}",
                now=now,
            )


def _locked(word_id: int, actor: Actor) -> tuple[CaseWord, Case]:
    case_id = CaseWord.objects.values_list("case_id", flat=True).get(pk=word_id)
    case = _lock_standing_first([case_id])[case_id]
    actor.require("cases.work", case.organisation_id)
    return CaseWord.objects.select_for_update().get(pk=word_id), case


def _lock_standing_first(case_ids: Iterable[int]) -> dict[int, Case]:
    """These cases, locked after those that stand for them, whose heads show their promises."""
    wanted = set(case_ids)
    if Case.objects.filter(pk__in=wanted, merged_into__isnull=False).exists():
        queue_joins()
        above = survivors_of(wanted)
        lock_many(sorted({above[pk] for pk in wanted}))
    return {case.pk: case for case in lock_many(sorted(wanted))}


def _facts(word: CaseWord) -> dict[str, Any]:
    return {"word": word.pk, "text": word.text}


def _write(case: Case, kind: str, facts: dict[str, Any], actor: Actor, now: datetime) -> None:
    journal = Journal(case, actor=actor, now=now)
    journal.add(kind, facts, visibility=CUSTOMER if kind == "word_given" else INTERNAL)
    journal.write()
    mirror_words([case.pk])
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )
