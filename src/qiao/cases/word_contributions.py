"""What promises in words bring: a panel, the keeper's inbox, an alert, a figure, a job."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiao.cases.models import Case
from qiao.cases.operations.words import BATCH, NOTICE, decide_words
from qiao.cases.queries.words import PANEL, VIEW, WaitingWord, waiting_count, waiting_words
from qiao.cases.showing.clocks import row_mark
from qiao.core.actor import Actor
from qiao.core.manifest import (
    CaseFigure,
    InboxItem,
    NoticeKind,
    NoticeRow,
    NoticeWords,
    Panel,
    QueueSource,
)
from qiao.core.tasks import PeriodicJob
from qiao.core.transactions import acting

MOST_ROUNDS: Final = 40


def _item(word: WaitingWord, now: datetime) -> InboxItem:
    case = word.case
    level = "late" if word.due_at <= now else "ok"
    return InboxItem(
        ref=word.word_id,
        who=(case.customer.name if case.customer else case.caller_name) or case.number,
        what=word.text,
        pane_url=reverse("cases:pane", args=[case.pk]),
        customer_id=case.customer_id,
        severity=3,
        clock=row_mark(due_at=word.due_at, started_at=word.given_at, level=level),
    )


def load_inbox(*, actor: Actor, scope: str, now: datetime, limit: int) -> Sequence[InboxItem]:
    """Promises that wait to be kept."""
    return [_item(each, now) for each in waiting_words(actor=actor, scope=scope, limit=limit)]


def find_inbox(*, actor: Actor, ref: int, now: datetime) -> InboxItem | None:
    """One promise that waits to be kept."""
    found = waiting_words(actor=actor, scope="all", limit=1, word_id=ref)
    return _item(found[0], now) if found else None


def count_inbox(*, actor: Actor) -> Mapping[str, int]:
    """How many the person keeps; the other scopes are short."""
    return {"mine": waiting_count(actor=actor)}


def notice_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """Promises that were not kept, of cases that the actor may see."""
    wanted = {row.subject_id for row in rows}
    found = {case.pk: case for case in Case.objects.visible_to(actor).filter(pk__in=wanted)}
    return {
        row.notice_id: NoticeWords(
            title=f"{found[row.subject_id].number} {found[row.subject_id].title}",
            text=gettext("Promise not kept in time"),
            url=reverse("cases:detail", args=[row.subject_id]),
            tone="bad",
        )
        for row in rows
        if row.subject_id in found
    }


PANELS: Final = (
    Panel(
        key="cases.words",
        title=_("Promised to the customer"),
        template="cases/panels/words.html",
        sql=PANEL,
        permission=VIEW,
        places=frozenset({"case", "case_side"}),
        order=4,
    ),
)
INBOX: Final = (
    QueueSource(
        key="cases.words",
        label=_("Promised to customers"),
        permission="cases.work",
        load=load_inbox,
        find=find_inbox,
        order=18,
        counts=count_inbox,
        topics=("cases",),
        sorted_by=_("due first"),
    ),
)
NOTICES: Final = (
    NoticeKind(
        key=NOTICE,
        label=_("A promise in words that was not kept"),
        icon="heart-handshake",
        words=notice_words,
    ),
)
_WORD: Final = "EXISTS (SELECT FROM cases_caseword w WHERE w.case_id = c.id AND w.state {state})"
_DECIDED: Final = _WORD.format(state="IN ('kept', 'broken')")
_BROKEN: Final = _WORD.format(state="= 'broken'")
CASE_FIGURES: Final = (
    CaseFigure(
        "words_kept",
        _("Promises in words kept"),
        _(
            "Of the cases archived in the period in which somebody promised something to the"
            " customer, those in which every such promise was kept in time."
        ),
        "share",
        "closed",
        VIEW,
        36,
        better="up",
        whole=_DECIDED,
        part=f"NOT {_BROKEN}",
    ),
)


def decide(now: datetime) -> None:
    """Decide on promises whose time is over, a batch and a transaction at a time."""
    for _round in range(MOST_ROUNDS):
        with acting(None):
            if decide_words(now=now) < BATCH:
                return


PERIODIC: Final = (PeriodicJob("cases.decide_words", "* * * * *", decide),)
