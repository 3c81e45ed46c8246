"""Reports that come by themselves: their files, notices, e-mails, clock and retention."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from qiao.cases.forms.reports import ReportChoice, read_report_choice
from qiao.cases.models import ReportReceiver
from qiao.cases.operations.report_schedules import KIND, TAKE, send_due
from qiao.cases.queries.reports import RIGHT
from qiao.cases.showing import report_files
from qiao.cases.showing.reports import build_report
from qiao.core.actor import Actor
from qiao.core.exports import let_go
from qiao.core.manifest import (
    AuditTable,
    ExportKind,
    NoticeKind,
    NoticeRow,
    NoticeWords,
    Order,
    Retention,
    Written,
)
from qiao.core.models import Export
from qiao.core.public_address import public_origin
from qiao.core.rules.spans import Span
from qiao.core.tasks import PeriodicJob
from qiao.core.transactions import acting
from qiao.messaging.operations import Sending, Words, queue_to_staff
from qiao.staff.operations import notify

READY: Final = "cases.report_ready"
KEPT_BY: Final = "cases.report_files"
Terms = Mapping[str, Any]


def choice_of(terms: Terms) -> ReportChoice:
    """The kept report over the days of an occasion."""
    span = Span(date.fromisoformat(terms["since"]), date.fromisoformat(terms["until"]))
    kept = read_report_choice(QueryDict(terms["query"]), today=span.until)
    return replace(kept, span=span, period=terms["period"])


def write_report(order: Order) -> Written:
    """Write a report as its receiver may see it. Raises `Forbidden`."""
    order.actor.require(TAKE)
    choice = choice_of(order.terms)
    report = build_report(actor=order.actor, now=order.now, choice=choice)
    link = f"{reverse('cases:reports')}?{replace(choice, period='own').query()}"
    told = report_files.about(report, actor=order.actor, now=order.now, link=link)
    if late := missed_words(order.terms):
        told.append((_("Not made"), late))
    if order.form == "csv":
        order.path.write_bytes(report_files.as_csv(report))
    else:
        title = str(order.terms["name"])
        order.path.write_bytes(report_files.as_xlsx(report, title=title, told=told))
    return Written(len(report.rows) or 1, tuple(head.label for head in report.heads))


def missed_words(terms: Terms) -> str:
    """That occasions before this one were never made; empty where none was missed."""
    count = int(terms["missed"])
    if not count:
        return ""
    return ngettext(
        "%(n)d report before this one was not made, since the system did not run at its time.",
        "%(n)d reports before this one were not made, since the system did not run at their time.",
        count,
    ) % {"n": count}


def describe(_actor: Actor, terms: Terms) -> str:
    """Which report it is, of which days."""
    days = f"{terms['name']} · {terms['since']} – {terms['until']}"
    return " · ".join(filter(None, (days, missed_words(terms))))


def tell_ready(export_id: int, staff_id: int, now: datetime) -> None:
    """Tell a receiver by the bell and, where they have an address, by e-mail: that it is there,
    never what stands in it."""
    notify(staff_ids=[staff_id], kind=READY, subject_id=export_id, once=f"{export_id}", now=now)
    export = Export.objects.get(pk=export_id)
    receivers = ReportReceiver.objects.filter(schedule_id=export.terms["schedule"])
    found = receivers.filter(staff_id=staff_id).select_related("staff").first()
    if found is None or not found.staff.email:
        return
    with override(export.language):
        body = "\n\n".join(
            filter(
                None,
                (
                    f"{export.terms['since']} – {export.terms['until']}",
                    missed_words(export.terms),
                    _where(),
                ),
            )
        )
        subject = _("Report: %(name)s") % {"name": export.terms["name"]}
    sending = Sending(
        organisation_id=export.organisation_id,
        kind="report",
        texts={"": Words(subject, body)},
        subject_kind="report",
        channels=("email",),
        key=f"report:{export.pk}",
        is_plain=True,
    )
    queue_to_staff(sending=sending, staff={staff_id: found.staff.email}, actor=None, now=now)


def _where() -> str:
    """Where the file is fetched: with the whole address where the installation names its own, as
    no request tells it here; a bare path would lead nowhere."""
    own = public_origin()
    if not own:
        return _("Sign in and open “My files” to fetch it.")
    address = own + reverse("staff:files")
    return _("Sign in and open “My files” (%(address)s) to fetch it.") % {"address": address}


def ready_words(actor: Actor, rows: Sequence[NoticeRow]) -> Mapping[int, NoticeWords]:
    """That a report is there, to its receiver."""
    wanted = {row.subject_id for row in rows}
    found = {
        export.pk: export
        for export in Export.objects.filter(pk__in=wanted, created_by_id=actor.person_id)
    }
    return {
        row.notice_id: NoticeWords(
            title=_("Report: %(name)s") % {"name": found[row.subject_id].terms["name"]},
            text=describe(actor, found[row.subject_id].terms),
            url=reverse("staff:files"),
        )
        for row in rows
        if row.subject_id in found and found[row.subject_id].terms
    }


def send_reports(now: datetime) -> None:
    """Ask for the files of the reports whose hour has come."""
    with acting(None):
        send_due(now=now)


EXPORTS = (
    ExportKind(
        key=KIND,
        label=gettext_lazy("Report"),
        permission=RIGHT,
        subject="cases.report",
        describe=describe,
        name=lambda terms: f"{terms['name']}-{terms['until']}",
        write=write_report,
        kept_by=KEPT_BY,
        done=tell_ready,
    ),
)
NOTICES = (
    NoticeKind(
        key=READY,
        label=gettext_lazy("Reports that come by themselves"),
        icon="report-analytics",
        words=ready_words,
    ),
)
PERIODIC = (PeriodicJob("cases.send_reports", "*/5 * * * *", send_reports),)
RETENTION = (
    Retention(
        key=KEPT_BY,
        label=gettext_lazy("Files of reports that came by themselves"),
        about=gettext_lazy("The file is removed; who was sent what stays"),
        table="core_export",
        due="r.kind = 'cases.report' AND r.state = 'done' AND r.expires_at <= %(now)s",
        keep=30,
        most=366,
        because=gettext_lazy("A month: it is read until the next one is there"),
        clear=let_go,
        hourly=True,
    ),
)
AUDITED = ("cases_reportschedule", "cases_reportreceiver")
AUDIT_WORDS = (
    AuditTable(
        table="cases_reportschedule",
        label=gettext_lazy("Report that comes by itself"),
        fields={
            "every": gettext_lazy("How often"),
            "hour": gettext_lazy("From which hour on"),
            "made_day": gettext_lazy("Last made on"),
        },
    ),
    AuditTable(
        table="cases_reportreceiver",
        label=gettext_lazy("Receiver of a report"),
        fields={"staff_id": gettext_lazy("Who is sent it")},
    ),
)
