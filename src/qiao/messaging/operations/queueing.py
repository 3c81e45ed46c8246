"""Messages are queued: for one receiver or for thousands in one statement."""

import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from procrastinate.contrib.django import app as jobs

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.rows import Reading
from qiao.core.rules.text import clean
from qiao.core.rules.texts import DATA_KEYS, language_key
from qiao.core.transactions import required
from qiao.messaging.models import Message
from qiao.messaging.operations.loops import too_many
from qiao.messaging.operations.refusals import Unreachable
from qiao.messaging.operations.resolving import CHANNELS, Reach, choose, reach
from qiao.messaging.queries.quiet import QuietHours, quiet_hours
from qiao.messaging.rules.words import Words, fill
from qiao.staff.queries import organisation

SEND_TASK: Final = "messaging.send"
QUEUE: Final = "messages"
TITLE_LENGTH: Final = 200
BODY_LENGTH: Final = 20_000
_BY_ID: Final = Reading(Message, where="t.id = %(id)s")
CHUNK: Final = 1_000  # rows of one INSERT: a few megabytes of text


@dataclass(frozen=True, slots=True)
class Sending:
    """What all receivers of a sending have in common.

    `texts` by language key (``en``, ``zh-Hans``, ``zh-Hant``), or one under ``""`` that was
    written for its reader; places ``{…}`` are filled unless `is_plain`. `channels` are those that
    may be used; the receiver's wish decides among them. `key` names the sending for ever: whoever
    was told under it is not told again. `reference` (a case number) stands in the subject line.
    `held_until` keeps it back until then, so that its writer can take it back.
    """

    organisation_id: int
    kind: str
    texts: Mapping[str, Words]
    subject_kind: str = ""
    purpose: str = "service"
    channels: tuple[str, ...] = CHANNELS
    values: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    reference: str = ""
    is_automatic: bool = True
    is_emergency: bool = False
    is_plain: bool = False
    held_until: datetime | None = None
    notice_version_id: int | None = None


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is told, and about what. A customer is reached as their file says, unless `address` is
    given; a member of staff or a stranger by `address` alone (needs a single channel).

    `values` fill places that differ by receiver; ``{name}`` is always known. `reference` and `key`
    stand for those of the sending where each has one of their own. `tail`, by language key, stands
    below the text as it is: a personal link. `stop_url` is where they end messages of this kind by
    one press; mail programs offer it beside the message (RFC 8058).
    """

    customer_id: int | None = None
    subject_id: int | None = None
    staff_id: int | None = None
    name: str = ""
    address: str = ""
    language: str = ""
    reference: str = ""
    key: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    tail: Mapping[str, str] = field(default_factory=dict)
    stop_url: str = ""


@dataclass(frozen=True, slots=True)
class Queued:
    """What became of a sending: messages that wait, and how many were not sent, by reason.

    ``told_already`` counts receivers who were told under the same key, or are one person or one
    address with another receiver. `by_subject` gives the message about each subject, and why it is
    not sent if it is not; with ``told_already`` the message that tells its receiver instead."""

    message_ids: tuple[int, ...]
    skipped: Mapping[str, int]
    by_subject: Mapping[int, tuple[int, str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Line:
    """A message to be."""

    receiver: Receiver
    customer_id: int | None
    name: str
    language: str
    channel: str
    address: str
    reason: str
    due_at: datetime


def queue_messages(
    *, sending: Sending, receivers: Sequence[Receiver], actor: Actor | None, now: datetime
) -> Queued:
    """Queue a message for each receiver who can and may be told; keep why the others were not.

    The caller has checked the right. Set-based: thousands take a second. Receivers who cannot be
    reached leave a row in state ``skipped``. A second call with the same `key` tells nobody twice.

    Raises `BadPlace`, `BadText`, `ValueError` for a receiver without customer and address.
    """
    required()
    lines = _lines(sending, receivers, now)
    doubles = _drop_doubles(sending, lines)
    if sending.is_automatic:
        _stop_loops(lines, now)
    made = _insert(sending, lines, actor, now)
    skipped = Counter(reason for _pk, state, reason, _about in made if state == "skipped")
    told = len(receivers) - len(made)
    if told:
        skipped["told_already"] += told
    waiting = tuple(pk for pk, state, _reason, _about in made if state != "skipped")
    if waiting:
        wake(at=sending.held_until)
    by_subject = {about: (pk, reason) for pk, _state, reason, about in made if about is not None}
    by_subject |= _told_before(sending, lines, by_subject)
    for left_out, instead in doubles:
        about, other = left_out.receiver.subject_id, instead.receiver.subject_id
        if about is not None and other in by_subject:
            pk, reason = by_subject[other]
            by_subject.setdefault(about, (pk, reason or "told_already"))
    return Queued(waiting, dict(skipped), by_subject)


def queue_message(
    *, sending: Sending, receiver: Receiver, actor: Actor | None, now: datetime
) -> Message:
    """Queue one message. The caller has checked the right.

    Raises `Unreachable` (nothing is kept then), `BadPlace`, `BadText`, `ValueError`.
    """
    required()
    (line,) = _lines(sending, [receiver], now)
    if sending.is_automatic:
        _stop_loops([line], now)
    if line.reason:
        raise Unreachable(line.reason)
    made = _insert(sending, [line], actor, now)
    if not made:
        raise Unreachable("told_already")
    wake(at=sending.held_until)
    (message,) = _BY_ID.all(id=made[0][0])
    return message


def wake(*, at: datetime | None = None) -> None:
    """Have the worker look for what is to be sent, now or at a moment."""
    about: dict[str, Any] = {"schedule_at": at} if at else {}
    jobs.configure_task(SEND_TASK, queue=QUEUE, **about).defer()


def _lines(sending: Sending, receivers: Sequence[Receiver], now: datetime) -> list[_Line]:
    unit = organisation(sending.organisation_id)
    local = now.astimezone(ZoneInfo(unit.timezone))
    asked = [(n, r.customer_id) for n, r in enumerate(receivers) if r.customer_id is not None]
    found = reach(
        asked,
        purpose=sending.purpose,
        organisation_id=sending.organisation_id,
        day=local.date(),
        letters="letter" in sending.channels,
    )
    own = language_key(unit.languages[0] if unit.languages else settings.LANGUAGE_CODE)
    hours = quiet_hours(unit, local) if _is_quieted(sending) else None
    return [
        _line(sending, receiver, found.get(n), own, hours, now)
        for n, receiver in enumerate(receivers)
    ]


def _is_quieted(sending: Sending) -> bool:
    return sending.is_automatic and not sending.is_emergency


def _line(
    sending: Sending,
    receiver: Receiver,
    found: Reach | None,
    own: str,
    hours: QuietHours | None,
    now: datetime,
) -> _Line:
    channel, address, reason = _way(sending, receiver, found)
    due_at = sending.held_until or now
    if hours and channel == "email":
        due_at = max(due_at, hours.earliest(found))
    wished = receiver.language or (found.language if found else "")
    return _Line(
        receiver=receiver,
        customer_id=found.customer_id if found else None,
        name=receiver.name or (found.name if found else ""),
        language=language_key(wished) if wished else own,
        channel=channel,
        address=address,
        reason=reason,
        due_at=due_at,
    )


def _way(sending: Sending, receiver: Receiver, found: Reach | None) -> tuple[str, str, str]:
    """Channel, address, and why it cannot go."""
    first = sending.channels[0]
    if receiver.address:
        refused = found is not None and found.is_erased
        return first, receiver.address, "erased" if refused else ""
    if found is None:
        if receiver.customer_id is None:
            raise ValueError("a receiver needs a customer or an address")
        return first, "", "no_address"
    channel, reason = choose(found, sending.channels, is_emergency=sending.is_emergency)
    return channel or first, found.address(channel) if channel else "", reason


def _drop_doubles(sending: Sending, lines: list[_Line]) -> list[tuple[_Line, _Line]]:
    """Within a sending one person, and one address, is told once about one thing. Returns those
    that were left out, each with the one that stands for it."""
    seen: dict[tuple[Any, ...], _Line] = {}
    kept: list[_Line] = []
    doubles: list[tuple[_Line, _Line]] = []
    for line in lines:
        about = None if sending.key else line.receiver.subject_id
        marks: list[tuple[Any, ...]] = []
        if line.customer_id is not None:
            marks.append(("customer", line.customer_id, about))
        if line.address and line.channel == "email":
            marks.append(("address", line.address.lower(), about))
        instead = next((seen[mark] for mark in marks if mark in seen), None)
        if instead is not None:
            doubles.append((line, instead))
            continue
        seen.update(dict.fromkeys(marks, line))
        kept.append(line)
    lines[:] = kept
    return doubles


_UNDER = "SELECT key, id FROM messaging_message WHERE key = ANY(%(keys)s)"


def _told_before(
    sending: Sending, lines: Sequence[_Line], made: Mapping[int, tuple[int, str]]
) -> dict[int, tuple[int, str]]:
    """The messages of those who were told under the same key by an earlier call."""
    waiting = [line for line in lines if line.receiver.subject_id not in made and not line.reason]
    left = {_key(sending, line): line.receiver.subject_id or 0 for line in waiting}
    found = fetch_all(_UNDER, {"keys": list(left)}) if any(left.values()) else ()
    return {left[key]: (pk, "told_already") for key, pk in found}


def _stop_loops(lines: Sequence[_Line], now: datetime) -> None:
    """Skip what would be too many automatic messages to an address within an hour."""
    mails = [line for line in lines if line.channel == "email" and not line.reason]
    refused = too_many([line.address for line in mails], now=now)
    for line, is_refused in zip(mails, refused, strict=True):
        if is_refused:
            line.reason = "too_many"


_INSERT = """
INSERT INTO messaging_message (
    organisation_id, customer_id, staff_id, channel, kind, purpose, is_emergency, is_automatic,
    subject_kind, subject_id, to_name, to_address, language, notice_version_id, reference,
    title, body, stop_url, state, reason, held_until, due_at, attempt_count, message_ref, receipt,
    key, created_at, created_by_id, ended_at, is_told)
SELECT %(organisation)s, x.customer, x.staff, x.channel, %(kind)s, %(purpose)s, %(emergency)s,
       %(automatic)s, %(subject_kind)s, x.subject, x.name, x.address, x.language, %(version)s,
       x.reference, x.title, x.body, x.stop_url,
       CASE WHEN x.reason > '' THEN 'skipped' ELSE %(state)s END, x.reason,
       %(held)s, x.due, 0, x.ref, '', x.key, %(now)s, %(by)s,
       CASE WHEN x.reason > '' THEN %(now)s::timestamptz END, x.reason > ''
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS x (
    customer bigint, staff bigint, channel text, subject bigint, name text, address text,
    language text, reference text, title text, body text, stop_url text, reason text,
    due timestamptz, ref text, key text)
ON CONFLICT (key) DO NOTHING
RETURNING id, state, reason, subject_id
"""


def _insert(
    sending: Sending, lines: Sequence[_Line], actor: Actor | None, now: datetime
) -> list[tuple[int, str, str, int | None]]:
    about: dict[str, Any] = {
        "organisation": sending.organisation_id,
        "kind": sending.kind,
        "purpose": sending.purpose,
        "emergency": sending.is_emergency,
        "automatic": sending.is_automatic,
        "subject_kind": sending.subject_kind,
        "version": sending.notice_version_id,
        "state": "held" if sending.held_until else "queued",
        "held": sending.held_until,
        "now": now,
        "by": actor.staff_id if actor else None,
    }
    made: list[tuple[int, str, str, int | None]] = []
    rows = list(_rows(sending, lines))
    for start in range(0, len(rows), CHUNK):
        given = json.dumps(rows[start : start + CHUNK], ensure_ascii=False)
        made += fetch_all(_INSERT, about | {"rows": given})
    return made


def _rows(sending: Sending, lines: Sequence[_Line]) -> Iterator[dict[str, Any]]:
    house = organisation(sending.organisation_id)
    domain = settings.QIAO_MAIL_DOMAIN
    common = {"organisation": house.name, **sending.values}
    for line in lines:
        words = _words(sending, line, common)
        yield {
            "customer": line.customer_id,
            "staff": line.receiver.staff_id,
            "channel": line.channel,
            "subject": line.receiver.subject_id,
            "name": line.name,
            "address": line.address,
            "language": line.language,
            "reference": line.receiver.reference or sending.reference,
            "title": words.title,
            "body": words.body,
            "stop_url": line.receiver.stop_url if line.channel == "email" else "",
            "reason": line.reason,
            "due": line.due_at.isoformat(),
            "ref": f"{uuid.uuid4().hex}@{domain}",
            "key": None if line.reason else _key(sending, line),
        }


def _words(sending: Sending, line: _Line, common: Mapping[str, str]) -> Words:
    own = sending.texts.get(line.language) or sending.texts.get("")
    if own is None:
        own = next(sending.texts[key] for key in reversed(DATA_KEYS) if key in sending.texts)
    title, body = own.title, own.body
    if not sending.is_plain:
        values = {"name": line.name or _polite(line.language), **common, **line.receiver.values}
        title, body = fill(title, values), fill(body, values)
    if tail := line.receiver.tail.get(line.language):
        body = f"{body}\n\n{tail}"
    reference = line.receiver.reference or sending.reference
    if reference and line.channel == "email" and reference not in title:
        title = f"{title} [#{reference}]"
    return Words(
        clean(title, field="title", max_length=TITLE_LENGTH, one_line=True, required=True),
        clean(body, field="text", max_length=BODY_LENGTH, required=True),
    )


def _polite(language: str) -> str:
    with override(language.lower()):
        return _("Customer")


def _key(sending: Sending, line: _Line) -> str | None:
    key = line.receiver.key or sending.key
    if not key:
        return None
    who = f"c{line.customer_id}" if line.customer_id is not None else line.address.lower()
    return f"{key}:{who}"
