"""Reveals and exports: who saw which hidden field or took which rows, when and why."""

from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from qiao.core import disclosure
from qiao.core.http import StaffRequest, staff_view
from qiao.core.models import Disclosure
from qiao.core.rules.ids import read_id
from qiao.customers.queries.disclosures import field_words
from qiao.desk.administration.files import table_answer
from qiao.desk.administration.frame import AUDIT, show
from qiao.staff.queries import names_of, organisation_names

if TYPE_CHECKING:
    from django.db.models import QuerySet

PAGE_SIZE: Final = 40
MOST_EXPORTED: Final = 50_000
KINDS: Final = ("reveal", "export")
SUBJECTS: Final[dict[str, Any]] = {
    "customer": pgettext_lazy("disclosed", "Customer"),
    "customers.customer": pgettext_lazy("disclosed", "List of customers"),
    "customers.value": pgettext_lazy("disclosed", "Key customers"),
    "customers.import": pgettext_lazy("disclosed", "Rows of an import"),
    "cases.case": pgettext_lazy("disclosed", "List of cases"),
    "administration.problems": pgettext_lazy("disclosed", "Problems"),
    "administration.disclosures": pgettext_lazy("disclosed", "Reveals and exports"),
    "administration.corrections": pgettext_lazy("disclosed", "Corrections"),
    "telephony.recording": pgettext_lazy("disclosed", "Recording of a call"),
    "telephony.call": pgettext_lazy("disclosed", "Call that was heard"),
    "telephony.level": pgettext_lazy("disclosed", "Service level"),
    "overview": pgettext_lazy("disclosed", "Figures of the overview"),
}


def _narrowed(request: StaffRequest, values: Any) -> "QuerySet[Disclosure]":
    rows = Disclosure.objects.filter(organisation_id__in=request.actor.organisations(AUDIT))
    if values.get("kind") in KINDS:
        rows = rows.filter(kind=values["kind"])
    person = read_id(values.get("person", ""))
    if person is not None:
        rows = rows.filter(actor_id=person)
    text = values.get("q", "").strip()[:60]
    return rows.filter(reason__icontains=text) if text else rows


def _subject(kept: str) -> str:
    """What a disclosure was about, in words; an unknown one as it is kept."""
    return str(SUBJECTS.get(kept.partition(":")[0], kept))


def _lines(rows: list[Disclosure]) -> list[dict[str, Any]]:
    people = names_of({row.actor_id for row in rows})
    units = organisation_names({row.organisation_id for row in rows})
    return [
        {
            "row": row,
            "who": people.get(row.actor_id, ""),
            "unit": units.get(row.organisation_id, ""),
            "subject": _subject(row.subject),
            "fields": " · ".join(map(field_words, row.fields)),
        }
        for row in rows
    ]


@staff_view(AUDIT)
def disclosure_list(request: StaffRequest) -> HttpResponse:
    """The newest first, narrowed by kind, person and words of the reason."""
    rows = _narrowed(request, request.GET)
    after = read_id(request.GET.get("after", ""))
    if after is not None:
        rows = rows.filter(id__lt=after)
    found = list(rows.order_by("-id")[: PAGE_SIZE + 1])
    kept = request.GET.copy()
    kept.pop("after", None)
    context = {
        "lines": _lines(found[:PAGE_SIZE]),
        "after": found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None,
        "kind": request.GET.get("kind", ""),
        "text": request.GET.get("q", "")[:60],
        "person": request.GET.get("person", ""),
        "query": kept.urlencode(),
    }
    return show(request, "disclosures.html", "disclosures", context)


@staff_view(AUDIT, methods=("POST",))
def disclosure_export(request: StaffRequest) -> HttpResponseBase:
    """The narrowed list as a file; the export is itself recorded."""
    found = list(_narrowed(request, request.POST).order_by("-id")[: MOST_EXPORTED + 1])
    lines = _lines(found[:MOST_EXPORTED])
    disclosure.record(
        kind="export",
        subject="administration.disclosures",
        organisation_id=request.actor.organisation_id,
        actor=request.actor,
        now=request.now,
        reason=_("List of disclosures"),
        row_count=len(lines),
    )
    header = [
        _("When"),
        pgettext("trail", "Who"),
        _("Unit"),
        _("Kind"),
        pgettext("trail", "What"),
        pgettext("trail", "Fields"),
        _("Rows"),
        _("Reason"),
    ]
    rows = (
        [
            f"{timezone.localtime(line['row'].at):%Y-%m-%d %H:%M}", line["who"], line["unit"],
            line["row"].kind, f"{line['subject']} {line['row'].subject_id or ''}".strip(),
            line["fields"], line["row"].row_count, line["row"].reason,
        ]
        for line in lines
    )  # fmt: skip
    cut_after = MOST_EXPORTED if len(found) > MOST_EXPORTED else None
    return table_answer(request, name="disclosures", header=header, rows=rows, cut_after=cut_after)
