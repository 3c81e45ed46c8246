"""What sub-tasks bring to pages: the panel of a case, what one owes in the workspace, notices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from qiao.cases.operations.subtasks import ENDED, GIVEN
from qiao.cases.queries.subtasks import PANEL, SubTaskLine, owed, owed_one, titles_for
from qiao.cases.showing import names
from qiao.cases.showing.clocks import row_mark
from qiao.core.actor import Actor
from qiao.core.manifest import (
    InboxItem,
    NoticeKind,
    NoticeRow,
    NoticeWords,
    Panel,
    QueueSource,
)

VIEW: Final = "cases.view"


def _item(line: SubTaskLine, now: datetime) -> InboxItem:
    late = line.due_at is not None and line.due_at < now
    return InboxItem(
        ref=line.subtask_id,
        who=line.customer_name or line.number,
        what=line.title,
        pane_url=reverse("cases:pane", args=[line.case_id]),
        customer_id=line.customer_id,
        tier=line.tier,
        severity=names.SEVERITY.get(line.priority, 0),
        clock=row_mark(
            due_at=line.due_at, started_at=line.given_at, level="late" if late else "ok"
        )
        if line.due_at
        else None,
        status=line.team,
    )


def load_inbox(*, actor: Actor, scope: str, now: datetime, limit: int) -> Sequence[InboxItem]:
    """What the person, or a team of theirs, owes on cases, by due time."""
    return [_item(line, now) for line in owed(actor=actor, scope=scope, limit=limit)]


def find_inbox(*, actor: Actor, ref: int, now: datetime) -> InboxItem | None:
    """One open sub-task as a row, or None if the actor may not see its case."""
    found = owed_one(actor=actor, subtask_id=ref)
    return _item(found, now) if found else None


def notice_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """Notices of sub-tasks in words, for cases that the actor may see."""
    found = titles_for(actor=actor, subtask_ids=[row.subject_id for row in rows])
    return {
        row.notice_id: NoticeWords(
            title=f"{found[row.subject_id].case.number} {found[row.subject_id].title}",
            text=_told(row.facts),
            url=reverse("cases:detail", args=[found[row.subject_id].case_id]),
        )
        for row in rows
        if row.subject_id in found
    }


def _told(facts: Mapping[str, Any]) -> str:
    words = {
        "done": gettext("The sub-task that you gave is done"),
        "dropped": gettext("The sub-task that you gave was dropped"),
    }
    return words.get(str(facts.get("state")), gettext("You or your team owe this sub-task"))


PANELS = (
    Panel(
        key="cases.subtasks",
        title=pgettext_lazy("case", "Sub-tasks"),
        template="cases/panels/subtasks.html",
        sql=PANEL,
        permission=VIEW,
        places=frozenset({"case", "case_side"}),
        order=16,
    ),
)
INBOX = (
    QueueSource(
        key="cases.subtasks",
        label=pgettext_lazy("inbox", "Sub-tasks by due time"),
        permission=VIEW,
        load=load_inbox,
        find=find_inbox,
        order=22,
        topics=("cases",),
        sorted_by=pgettext_lazy("inbox order", "due first"),
    ),
)
NOTICES = (
    NoticeKind(
        key=GIVEN, label=_("Sub-tasks given to you"), icon="list-check", words=notice_words
    ),
    NoticeKind(
        key=ENDED, label=_("Sub-tasks that you gave"), icon="list-check", words=notice_words
    ),
)
