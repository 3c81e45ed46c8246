"""What writing on cases brings to other pages: notices of mentions and of answers inside."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.models import Case
from qiao.cases.operations.mentioning import ANSWERED, MENTION
from qiao.cases.queries.asked import Asked, asked_by
from qiao.cases.queries.checklists import PANEL
from qiao.core.actor import Actor
from qiao.core.manifest import (
    AuditTable,
    Command,
    NoticeKind,
    NoticeRow,
    NoticeWords,
    Panel,
    Permission,
)
from qiao.staff.queries import names_of


def mention_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """Mentions in words, for cases that the actor may read; two statements."""
    cases = Case.objects.visible_to(actor).filter(pk__in={row.subject_id for row in rows})
    found = {case.pk: case for case in cases}
    people = names_of({int(row.facts.get("by") or 0) for row in rows})
    return {
        row.notice_id: NoticeWords(
            title=f"{found[row.subject_id].number} {found[row.subject_id].title}",
            text=_("%(name)s mentions you in a note")
            % {"name": people.get(int(row.facts.get("by") or 0), "")},
            url=reverse("cases:detail", args=[row.subject_id]),
        )
        for row in rows
        if row.subject_id in found
    }


def answered_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """Answers to what the actor asked in the house. Whoever may read the case goes there; others
    read the words with the notice. Three statements."""
    found = asked_by(actor=actor, entries={(row.subject_id, _seq(row)) for row in rows})
    people = names_of({int(row.facts.get("by") or 0) for row in rows})
    return {
        row.notice_id: _answered(found[row.subject_id, _seq(row)], _by(row, people))
        for row in rows
        if (row.subject_id, _seq(row)) in found
    }


def _answered(asked: Asked, name: str) -> NoticeWords:
    if asked.may_read:
        words, url = _("%(name)s answered you"), reverse("cases:detail", args=[asked.case_id])
    else:
        words, url = _("%(name)s answered you: %(text)s"), reverse("staff:notices")
    title = f"{asked.number} {asked.title}"
    return NoticeWords(title, words % {"name": name, "text": asked.answer}, url, "ok")


def _seq(row: NoticeRow) -> int:
    return int(row.facts.get("seq") or 0)


def _by(row: NoticeRow, people: Mapping[int, str]) -> str:
    return people.get(int(row.facts.get("by") or 0), "")


NOTICES = (
    NoticeKind(
        key=MENTION,
        label=gettext_lazy("Somebody mentions you"),
        icon="at",
        words=mention_words,
    ),
    NoticeKind(
        key=ANSWERED,
        label=gettext_lazy("Answers to what you asked in the house"),
        icon="message-circle-check",
        words=answered_words,
    ),
)
PERMISSIONS = (
    Permission("cases.macros", gettext_lazy("Keep the macros of units")),
    Permission("cases.checklists", gettext_lazy("Keep the checklists of steps")),
)
COMMANDS = (
    Command("cases.macros", gettext_lazy("Macros"), "player-play", "cases:macros", "cases.work"),
    Command(
        "cases.checklists",
        gettext_lazy("Checklists"),
        "checklist",
        "cases:checklists",
        "cases.work",
    ),
)
PANELS = (
    Panel(
        key="cases.checklists",
        title=pgettext_lazy("case", "Checklist"),
        template="cases/panels/checklists.html",
        sql=PANEL,
        permission="cases.view",
        places=frozenset({"case", "case_side"}),
        order=15,
    ),
)
AUDITED = ("cases_macro", "cases_checklist")
AUDIT_WORDS = (
    AuditTable(
        "cases_macro",
        gettext_lazy("Macro"),
        {
            "names": pgettext_lazy("macro", "Name"),
            "scope": pgettext_lazy("of a macro", "For whom"),
            "steps": pgettext_lazy("macro", "Steps"),
            "condition": gettext_lazy("Offered for"),
            "is_active": gettext_lazy("Offered"),
        },
    ),
    AuditTable(
        "cases_checklist",
        gettext_lazy("Checklist"),
        {
            "names": gettext_lazy("Name of the list"),
            "items": pgettext_lazy("checklist", "Items"),
            "case_types": gettext_lazy("Only for these types"),
            "steps": gettext_lazy("Only in these steps"),
            "is_active": gettext_lazy("Offered"),
        },
    ),
)
