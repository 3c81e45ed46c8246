"""Executives' digest: drawn every working day, read, decided on, and followed up."""

from collections.abc import Sequence
from datetime import date, datetime
from secrets import randbelow
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils import timezone

from qiao.cases.events import CaseChanged
from qiao.cases.features import DIGESTS
from qiao.cases.journal import INTERNAL, Journal, lock_case
from qiao.cases.models import Case, Digest, DigestItem, DigestReader
from qiao.cases.operations.digest_mail import mail_digest
from qiao.cases.operations.report_schedules import works_of
from qiao.cases.rules.digest import Candidate, Drawn, draw
from qiao.cases.rules.risk import COMPLAINT
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.features import is_on
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.operations import notify
from qiao.staff.queries import actor_by_id, chain_to, names_of

READY: Final = "cases.digest"
ORDERED: Final = "cases.order"
WORDS_LENGTH: Final = 1_000
SEEDS: Final = 2**31


class NotYourDigest(Exception):  # noqa: N818 - names the finding
    """The digest belongs to another executive, or the order to another owner."""


class DecidedAlready(Exception):  # noqa: N818 - names the finding
    """The decision stands: it is an entry of the case. Another one is another entry."""


class BadDecision(Exception):  # noqa: N818 - a refusal
    """An order or question lacks its words, its owner or its day; `field` names which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def draw_due(*, now: datetime) -> int:
    """Draw today's digest for every reader whose hour has come; returns how many were drawn.

    Who works here no more reads none.
    """
    required()
    count = 0
    readers = DigestReader.objects.filter(staff__is_active=True)
    for reader in readers.select_related("organisation", "staff"):
        local = now.astimezone(ZoneInfo(reader.organisation.timezone))
        day = local.date()
        if local.hour < reader.hour or not _reads_on(reader, day):
            continue
        if not is_on(DIGESTS, organisation_ids=chain_to(reader.organisation), day=day):
            continue
        if not Digest.objects.filter(staff_id=reader.staff_id, day=day).exists():
            draw_for(reader, day=day, seed=randbelow(SEEDS), now=now)
            count += 1
    return count


def _reads_on(reader: DigestReader, day: date) -> bool:
    if day < reader.since or (reader.until is not None and day >= reader.until):
        return False
    return works_of(reader.organisation.packs)(day)


def draw_for(reader: DigestReader, *, day: date, seed: int, now: datetime) -> Digest:
    """Draw one digest from the open complaints that the reader may see; tell them by the bell and,
    where they have an address, by e-mail."""
    actor = actor_by_id(reader.staff_id, day=day)
    pool = candidates(actor)
    digest = Digest.objects.create(
        staff_id=reader.staff_id,
        organisation_id=reader.organisation_id,
        day=day,
        seed=seed,
        candidates=len(pool),
        drawn_at=now,
    )
    drawn = draw(pool, count=reader.count, seed=seed)
    _keep(digest, drawn)
    notify(
        staff_ids=[reader.staff_id],
        kind=READY,
        subject_id=digest.pk,
        once=f"digest:{digest.pk}",
        now=now,
    )
    mail_digest(reader, digest, drawn, now=now)
    return digest


def candidates(actor: Actor) -> list[Candidate]:
    """All open complaints that the actor may see: none is left out, or the newest would never be
    read, whatever its risk."""
    rows = (
        Case.objects.visible_to(actor)
        .open()
        .filter(case_type__group=COMPLAINT)
        .order_by("opened_at", "id")
        .values_list("id", "risk", "opened_at", "answered_at")
    )
    return [
        Candidate(pk, risk, opened, answered is not None) for pk, risk, opened, answered in rows
    ]


def _keep(digest: Digest, drawn: Sequence[Drawn]) -> None:
    DigestItem.objects.bulk_create(
        [
            DigestItem(digest=digest, case_id=each.case_id, place=place, why=each.why)
            for place, each in enumerate(drawn, start=1)
        ]
    )


def read_digest(*, digest_id: int, actor: Actor, now: datetime) -> Digest:
    """Note that the executive opened the digest. Raises `NotYourDigest`."""
    digest = Digest.objects.select_for_update().get(pk=digest_id)
    if digest.staff_id != actor.staff_id:
        raise NotYourDigest(str(digest_id))
    if digest.read_at is None:
        digest.read_at = now
        digest.save(update_fields=["read_at"])
    return digest


def decide(
    *,
    item_id: int,
    decision: str,
    words: str = "",
    owner_id: int | None = None,
    due_date: date | None = None,
    actor: Actor,
    now: datetime,
) -> DigestItem:
    """The executive agrees, orders something with owner and day, or asks. It stands on the case.

    Raises `NotYourDigest`, `DecidedAlready`, `BadDecision`, `BadText`, `Forbidden`.
    """
    item = DigestItem.objects.select_related("digest").get(pk=item_id)
    case = lock_case(item.case_id)
    actor.require("cases.view", case.organisation_id)
    if item.digest.staff_id != actor.staff_id:
        raise NotYourDigest(str(item_id))
    item.refresh_from_db(fields=["decision"])
    if item.decision:
        raise DecidedAlready(case.number)
    item.decision = DigestItem.Decision(decision)
    item.words = clean(words, field="words", max_length=WORDS_LENGTH)
    if item.decision != DigestItem.Decision.AGREE:
        _check_order(item, owner_id, due_date, now)
    item.decided_at = now
    item.save()
    data: dict[str, Any] = {"decision": decision, "words": item.words}
    if item.owner_id:
        data |= {
            "owner": item.owner_id,
            "name": names_of([item.owner_id])[item.owner_id],
            "due": item.due_date and item.due_date.isoformat(),
        }
        notify(
            staff_ids=[item.owner_id],
            kind=ORDERED,
            subject_id=case.pk,
            once=f"order:{item.pk}",
            now=now,
        )
    _enter(case, "executive_decided", data, actor, now)
    return item


def _check_order(
    item: DigestItem, owner_id: int | None, due_date: date | None, now: datetime
) -> None:
    if not item.words:
        raise BadDecision("words")
    if owner_id is None:
        raise BadDecision("owner")
    if due_date is None or due_date < timezone.localdate(now):
        raise BadDecision("due_date")
    item.owner_id, item.due_date = owner_id, due_date


def finish_order(*, item_id: int, words: str, actor: Actor, now: datetime) -> DigestItem:
    """The owner says what was done of an order, or answers a question.

    Raises `NotYourDigest`, `DecidedAlready` (done before), `BadDecision`, `BadText`.
    """
    item = DigestItem.objects.select_for_update().get(pk=item_id)
    case = lock_case(item.case_id)
    if item.owner_id != actor.staff_id:
        raise NotYourDigest(str(item_id))
    if item.done_at is not None:
        raise DecidedAlready(case.number)
    said = clean(words, field="words", max_length=WORDS_LENGTH)
    if not said:
        raise BadDecision("words")
    item.done_at, item.done_words = now, said
    item.save(update_fields=["done_at", "done_words"])
    _enter(case, "order_done", {"words": said, "late": _is_late(item, now)}, actor, now)
    return item


def _is_late(item: DigestItem, now: datetime) -> bool:
    return item.due_date is not None and timezone.localdate(now) > item.due_date


def _enter(case: Case, kind: str, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    journal = Journal(case, actor=actor, now=now)
    journal.add(kind, data, visibility=INTERNAL)
    journal.write()
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )
