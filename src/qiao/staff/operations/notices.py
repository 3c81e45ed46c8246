"""Telling people something inside the product, and what they have read of it."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.events import wake
from qiao.core.registry import registry
from qiao.core.transactions import required
from qiao.staff.models import Notice
from qiao.staff.queries.notices import topic_of


class UnknownNotice(LookupError):  # noqa: N818 - names the finding
    """No manifest declares this kind of notice."""


class NoticeMissing(LookupError):  # noqa: N818 - names the finding
    """The person has no such notice."""


_TELL = """
INSERT INTO staff_notice (staff_id, kind, once, subject_id, facts, created_at)
SELECT s.id, %(kind)s, %(once)s, %(subject)s,
       CASE WHEN w.stands_for IS NULL THEN %(facts)s::jsonb
            ELSE %(facts)s::jsonb || jsonb_build_object('stands_in_for', w.stands_for) END,
       %(now)s
  FROM (SELECT DISTINCT ON (x.staff_id) x.staff_id, x.stands_for
          FROM (SELECT p.id AS staff_id, NULL::bigint AS stands_for
                  FROM unnest(%(staff)s::bigint[]) AS p (id)
                UNION ALL
                SELECT staff_stands_in(p.id, %(now)s), p.id
                  FROM unnest(%(staff)s::bigint[]) AS p (id)) x
         ORDER BY x.staff_id, x.stands_for NULLS FIRST) w
  JOIN staff_staff s ON s.id = w.staff_id AND s.is_active
 ORDER BY s.id
    ON CONFLICT (staff_id, kind, once) DO NOTHING
RETURNING staff_id
"""


def notify(
    *,
    staff_ids: Collection[int],
    kind: str,
    subject_id: int,
    once: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> int:
    """Tell people something: it stands under the bell of their top bar at once, until read.

    The door for every module: declare a `qiao.core.manifest.NoticeKind` in the manifest
    (``notices=``), which puts notices into words in the reader's language and within their
    rights; then call this in the transaction of the change. `kind` is its key, `subject_id` the
    row that it is about, `facts` what the words need beside it: ids, codes, ISO moments, numbers,
    **never words about a customer** (the words look those up when they are read). `once` names
    the occasion (``entry:812:7``): whoever was told of it under this kind is not told again, so a
    job may run twice. People who no longer work here are left out. Whoever stands in for one of
    them who is away is told too; their notice has ``stands_in_for`` among its facts.

    Returns how many people were told. Raises `UnknownNotice`, `ValueError` for an empty `once`.
    """
    required()
    if kind not in registry.notices():
        raise UnknownNotice(kind)
    if not once:
        raise ValueError("a notice names its occasion")
    values: dict[str, Any] = {
        "staff": sorted(set(staff_ids)),
        "kind": kind,
        "once": once,
        "subject": subject_id,
        "facts": json.dumps(facts or {}, ensure_ascii=False),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TELL, values)
        told = [row[0] for row in cursor.fetchall()]
    wake([topic_of(staff_id) for staff_id in told])
    return len(told)


def read_notice(*, actor: Actor, notice_id: int, now: datetime) -> Notice:
    """Mark one notice of the actor as read. Raises `NoticeMissing`."""
    required()
    mine = Notice.objects.select_for_update().filter(pk=notice_id, staff_id=actor.person_id)
    notice = mine.first()
    if notice is None:
        raise NoticeMissing(str(notice_id))
    if notice.read_at is None:
        notice.read_at = now
        notice.save(update_fields=["read_at"])
        wake([topic_of(actor.person_id)])
    return notice


def read_notices(*, actor: Actor, up_to: int, now: datetime) -> int:
    """Mark all notices of the actor up to an id as read: what came after they looked stays.

    Returns how many were unread.
    """
    required()
    unread = Notice.objects.filter(staff_id=actor.person_id, read_at__isnull=True, pk__lte=up_to)
    count = unread.update(read_at=now)
    if count:
        wake([topic_of(actor.person_id)])
    return count
