"""What people were told inside the product."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from qiao.core.actor import Actor
from qiao.core.manifest import NoticeRow, NoticeWords
from qiao.core.prepared import fetch_all
from qiao.core.registry import registry
from qiao.staff.models import Notice, Staff

MOST_COUNTED = 100
FOR = "stands_in_for"
_UNREAD = """
SELECT count(*) FROM (SELECT 1 FROM staff_notice
 WHERE staff_id = %(staff)s AND read_at IS NULL LIMIT %(most)s) AS unread
"""


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """A notice in words; `words` is None for what the person may no longer see."""

    notice_id: int
    icon: str
    label: str
    words: NoticeWords | None
    created_at: datetime
    read_at: datetime | None
    stands_in_for: str = ""


@dataclass(frozen=True, slots=True)
class NoticePage:
    """Notices, the newest first; `after` is where the next page begins, None on the last."""

    notices: Sequence[ShownNotice]
    after: int | None


def topic_of(staff_id: int) -> str:
    """The live topic that wakes the bell of one person."""
    return f"notices-{staff_id}"


def count_unread(*, staff_id: int) -> int:
    """How many unread notices a person has; `MOST_COUNTED` stands for that many or more.

    Read from the index of the unread alone, of which it touches at most `MOST_COUNTED` entries:
    cheaper than a counter, which would make everybody who tells one person something wait.
    """
    ((unread,),) = fetch_all(_UNREAD, {"staff": staff_id, "most": MOST_COUNTED})
    return int(unread)


def notices_of(
    *, actor: Actor, limit: int, before: int | None = None, only_unread: bool = False
) -> NoticePage:
    """Notices of the actor in words, older than the id `before` if it is given."""
    rows = Notice.objects.filter(staff_id=actor.person_id)
    if only_unread:
        rows = rows.filter(read_at__isnull=True)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: limit + 1])
    page = found[:limit]
    return NoticePage(in_words(actor, page), page[-1].pk if len(found) > limit else None)


def in_words(actor: Actor, notices: Sequence[Notice]) -> list[ShownNotice]:
    """Notices in the active language, each kind asked once."""
    kinds = registry.notices()
    said: dict[int, NoticeWords] = {}
    for key, some in groupby(sorted(notices, key=lambda each: each.kind), lambda each: each.kind):
        rows = [NoticeRow(each.pk, each.subject_id, each.facts) for each in some]
        if key in kinds:
            said |= kinds[key].words(actor, rows)
    names = _names({each.facts[FOR] for each in notices if FOR in each.facts})
    return [
        ShownNotice(
            notice_id=each.pk,
            icon=kinds[each.kind].icon if each.kind in kinds else "bell",
            label=str(kinds[each.kind].label) if each.kind in kinds else "",
            words=said.get(each.pk),
            created_at=each.created_at,
            read_at=each.read_at,
            stands_in_for=names.get(each.facts.get(FOR, 0), ""),
        )
        for each in notices
    ]


def _names(staff_ids: set[int]) -> dict[int, str]:
    """Those for whom the reader stands in; asked only where there are any."""
    if not staff_ids:
        return {}
    return dict(Staff.objects.filter(pk__in=staff_ids).values_list("id", "name"))
