"""What the customer's own page of a case brings to the house: the bell, a panel of the case."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.models import Case
from qiao.cases.operations.public import SAID
from qiao.core.actor import Actor
from qiao.core.manifest import NoticeKind, NoticeRow, NoticeWords, Panel

PANEL: Final = """
SELECT CASE WHEN count(*) > 0 THEN jsonb_build_object(
         'found', count(*) FILTER (WHERE l.is_found), 'missed', count(*) FILTER
         (WHERE NOT l.is_found), 'last', max(l.at)) END
  FROM cases_publiclookup l
 WHERE l.case_id = %(case_id)s AND cardinality(%(organisation_ids)s::bigint[]) > 0
"""


def said_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """What customers said to cases that the actor may read; one statement."""
    wanted = {row.subject_id for row in rows}
    found = {case.pk: case for case in Case.objects.visible_to(actor).filter(pk__in=wanted)}
    return {
        row.notice_id: NoticeWords(
            title=f"{found[row.subject_id].number} {found[row.subject_id].title}",
            text=_("The customer says something on the page of the case"),
            url=reverse("cases:detail", args=[row.subject_id]),
            tone="warn",
        )
        for row in rows
        if row.subject_id in found
    }


NOTICES: Final = (
    NoticeKind(
        key=SAID,
        label=gettext_lazy("What customers say to their cases"),
        icon="message-2",
        words=said_words,
    ),
)
PANELS: Final = (
    Panel(
        key="cases.lookups",
        title=pgettext_lazy("panel of a case", "Asked for by number"),
        template="cases/panels/lookups.html",
        sql=PANEL,
        permission="cases.view",
        places=frozenset({"case", "case_side"}),
        order=36,
    ),
)
