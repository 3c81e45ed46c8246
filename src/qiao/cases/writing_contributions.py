"""What writing on cases brings to other pages: notices of mentions."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.cases.models import Case
from qiao.cases.operations.mentioning import MENTION
from qiao.core.actor import Actor
from qiao.core.manifest import NoticeKind, NoticeRow, NoticeWords
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


NOTICES = (
    NoticeKind(
        key=MENTION,
        label=gettext_lazy("Somebody mentions you"),
        icon="at",
        words=mention_words,
    ),
)
