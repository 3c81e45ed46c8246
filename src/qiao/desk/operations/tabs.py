"""Tabs are opened by looking at a page, closed by their owner, and brought back for a while."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.desk.models import Tab
from qiao.desk.queries.tabs import Subject, look_up, open_tabs
from qiao.desk.rules.tabs import has_room

KEPT_CLOSED: Final = timedelta(days=1)
UNDER_WAY: Final = timedelta(seconds=10)  # a page's word takes no longer


class NoRoom(Exception):  # noqa: N818 - names the finding
    """As many customers, or things inside one, are open as there may be."""

    def __init__(self, *, inside: bool) -> None:
        super().__init__("inside" if inside else "customers")
        self.inside = inside


class NothingThere(Exception):  # noqa: N818 - names the finding
    """There is no such thing, or none that the actor may see."""


def open_tab(
    *, subject: Subject, actor: Actor, now: datetime, drawn_at: datetime | None = None
) -> bool:
    """Note that a person looks at something; whether its tab is new.

    `drawn_at` is when the page was drawn that says so: a tab that was closed since, a moment ago,
    stays closed, since the page's word was under way. A page that is come back to opens it.

    Raises `NothingThere`, `NoRoom`: the page is read all the same, it has no tab.
    """
    required()
    mine = Tab.objects.filter(staff_id=actor.person_id)
    own = mine.filter(kind=subject.kind, subject_id=subject.subject_id, closed_at=None)
    if own.update(seen_at=now):
        return False
    since = max(drawn_at or now, now - UNDER_WAY)
    if mine.filter(kind=subject.kind, subject_id=subject.subject_id, closed_at__gt=since).exists():
        return False
    coming = look_up(actor, subject)
    if coming is None:
        raise NothingThere
    with connection.cursor() as cursor:  # two windows of one person open at the same moment
        cursor.execute("SELECT 1 FROM staff_staff WHERE id = %s FOR UPDATE", [actor.person_id])
    tabs = open_tabs(actor)
    if not has_room(tabs, coming):
        raise NoRoom(inside=coming.holder in {each.holder for tab in tabs for each in tab.all})
    Tab.objects.bulk_create(
        [
            Tab(
                staff_id=actor.person_id,
                kind=subject.kind,
                subject_id=subject.subject_id,
                opened_at=now,
                seen_at=now,
            )
        ],
        update_conflicts=True,
        update_fields=["opened_at", "seen_at", "closed_at"],
        unique_fields=["staff", "kind", "subject_id"],
    )
    return True


def close_tabs(*, tab_ids: Sequence[int], actor: Actor, now: datetime) -> int:
    """Close one's own tabs; how many were open. Drafts stay with what they were written on."""
    required()
    own = Tab.objects.filter(id__in=list(tab_ids), staff_id=actor.person_id, closed_at=None)
    return own.update(closed_at=now)


def reopen_tabs(*, tab_ids: Sequence[int], actor: Actor) -> int:
    """Bring closed tabs back to their places; how many came back."""
    required()
    own = Tab.objects.filter(id__in=list(tab_ids), staff_id=actor.person_id)
    return own.exclude(closed_at=None).update(closed_at=None)


def forget_closed(now: datetime) -> None:
    """The nightly job: tabs closed more than a day ago, and what no person has opened for long."""
    Tab.objects.filter(closed_at__lt=now - KEPT_CLOSED).delete()
