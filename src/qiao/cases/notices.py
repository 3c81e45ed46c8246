"""What the module tells people inside the product: rungs of the ladder that their cases climb."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.cases import definitions
from qiao.cases.models import Case
from qiao.cases.showing import names
from qiao.core.actor import Actor
from qiao.core.manifest import NoticeKind, NoticeRow, NoticeWords
from qiao.core.packs.model import CaseType
from qiao.core.wording import from_names

LADDER: Final = "cases.ladder"


def ladder_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """Notices of rungs in words, for cases that the actor may see; one statement."""
    wanted = {row.subject_id for row in rows}
    cases = Case.objects.visible_to(actor).filter(pk__in=wanted).select_related("case_type")
    found = {case.pk: case for case in cases}
    types = definitions.case_types()
    return {
        row.notice_id: _words(
            found[row.subject_id], types.get(found[row.subject_id].case_type.key), row.facts
        )
        for row in rows
        if row.subject_id in found
    }


def _words(case: Case, definition: CaseType | None, facts: Mapping[str, Any]) -> NoticeWords:
    late = facts.get("after") == "due"
    return NoticeWords(
        title=f"{case.number} {case.title}",
        text=rung_words(definition, case.process_id, facts),
        url=reverse("cases:detail", args=[case.pk]),
        tone="bad" if late else "warn",
    )


def rung_words(definition: CaseType | None, process_id: int, facts: Mapping[str, Any]) -> str:
    """Why a rung was reached, in one sentence.

    `facts` holds `after` (``percent``, ``due`` or ``waiting``), `figure` in percent, hours or
    minutes by that, and the key of the `promise`, empty for a case that waits to be taken.
    """
    after, figure = facts.get("after", ""), facts.get("figure", 0)
    if after == "waiting":
        return _("Nobody has taken it for %(n)s min") % {"n": figure}
    promise = from_names(facts.get("named") or {}) or names.promise_name(
        definition, process_id, str(facts.get("promise", ""))
    )
    if after == "percent":
        return _("{promise}: {n} % of the time is used").format(promise=promise, n=figure)
    if not figure:
        return _("%(promise)s: the promised time has run out") % {"promise": promise}
    return _("%(promise)s: late by more than %(n)s working hours") % {
        "promise": promise,
        "n": figure,
    }


NOTICES = (
    NoticeKind(
        key=LADDER,
        label=gettext_lazy("A deadline that climbs"),
        icon="stairs-up",
        words=ladder_words,
    ),
)
