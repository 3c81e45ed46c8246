"""The calendar as a code table: public holidays, shifted working days, the company's own days."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.calendar_edits import (
    COMPANY_SOURCE,
    CompanyDay,
    DayTaken,
    add_company_day,
    take_back_company_day,
)
from qiao.core.code_tables import (
    CodeAction,
    CodeColumn,
    CodeField,
    CodeQuery,
    CodeRefused,
    CodeRow,
    CodeTable,
    Text,
    Values,
    among,
)
from qiao.core.models import BusinessCalendar, CalendarDay
from qiao.core.rules.text import BadText

CONFIGURE = "core.configure"
KINDS: dict[str, Text] = {
    "holiday": pgettext_lazy("calendar", "Holiday"),
    "workday": pgettext_lazy("calendar", "Working day moved here"),
}
WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


def _load(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    del actor
    days = CalendarDay.objects.order_by("date", "region")
    if not query.only:
        year = query.part if query.part.isdecimal() else str(timezone.localdate(query.now).year)
        days = days.filter(date__year=int(year))
    return among([_row(day) for day in days], query)


def _row(day: CalendarDay) -> CodeRow:
    own = day.source.startswith(f"{COMPANY_SOURCE}:")
    said = day.source.removeprefix(f"{COMPANY_SOURCE}:").strip()
    return CodeRow(
        key=str(day.pk),
        names={"": day.name or str(KINDS[day.kind])},
        cells={
            "date": day.date.isoformat(),
            "weekday": str(WEEKDAYS[day.date.weekday()]),
            "kind": str(KINDS[day.kind]),
            "own": "1" if own else "",
        },
        source=_("the company: %(why)s") % {"why": said} if own else day.source,
        record_id=day.pk,
    )


def _years(actor: Actor, day: date) -> Sequence[tuple[str, Text]]:
    del actor
    years = sorted({each.year for each in CalendarDay.objects.dates("date", "year")})
    ordered = [day.year, *(year for year in reversed(years) if year != day.year)]
    return [(str(year), str(year)) for year in ordered]


def _add_fields(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, row
    return (
        CodeField("date", pgettext_lazy("calendar", "Day"), "date", initial=day),
        CodeField(
            "kind",
            pgettext_lazy("calendar", "What it is"),
            "choice",
            choices=tuple(KINDS.items()),
        ),
        CodeField("name", pgettext_lazy("calendar", "Name of the day"), max_length=60),
        CodeField(
            "source",
            gettext_lazy("Decision"),
            max_length=200,
            hint=gettext_lazy("Who decided on it and when."),
        ),
    )


def _add(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    del row_key, actor
    regions = list(
        BusinessCalendar.objects.exclude(holidays="").values_list("holidays", flat=True).distinct()
    )
    day = CompanyDay(values["date"], values["kind"], values["name"], values["source"])
    try:
        with transaction.atomic():
            for region in regions or ["cn"]:
                add_company_day(region=region, day=day, today=timezone.localdate(now), now=now)
    except BadText as bad:
        raise CodeRefused(_("This text cannot be kept as it is."), bad.field) from bad
    except DayTaken as taken:
        raise CodeRefused(_("This day stands in the calendar already."), "date") from taken
    except ValueError as over:
        raise CodeRefused(_("Choose a day that is still to come."), "date") from over
    return _("Promises given from now on count with this day.")


def _nothing(actor: Actor, row: CodeRow | None, day: date) -> tuple[CodeField, ...]:
    del actor, row, day
    return ()


def _take_back(*, actor: Actor, now: datetime, row_key: str, values: Values) -> Text:
    del actor, values
    try:
        take_back_company_day(day_id=int(row_key), today=timezone.localdate(now), now=now)
    except (CalendarDay.DoesNotExist, ValueError) as error:
        raise CodeRefused(
            _("Only a day of the company that is still to come can be taken back.")
        ) from error
    return _("The day is as any other again.")


def _is_own(actor: Actor, row: CodeRow) -> bool:
    del actor
    return bool(row.cells["own"])


CALENDAR = CodeTable(
    key="core.days",
    label=gettext_lazy("Holidays"),
    about=gettext_lazy(
        "Holidays and shifted working days by year: deadlines in working hours count with them."
    ),
    group=gettext_lazy("Company"),
    permission="desk.administer",
    columns=(
        CodeColumn("date", pgettext_lazy("calendar", "Day"), "code"),
        CodeColumn("weekday", gettext_lazy("Weekday")),
        CodeColumn("kind", pgettext_lazy("calendar", "What it is")),
    ),
    load=_load,
    order=60,
    parts=_years,
    audit_table="core_calendarday",
    actions=(
        CodeAction(
            "add",
            gettext_lazy("Add a day of the company"),
            "plus",
            CONFIGURE,
            _add_fields,
            _add,
            on_row=False,
            whole_company=True,
        ),
        CodeAction(
            "take_back",
            gettext_lazy("Take the day back"),
            "x",
            CONFIGURE,
            _nothing,
            _take_back,
            offered=_is_own,
            hint=gettext_lazy("The trail of changes goes on telling of it."),
            is_grave=True,
            whole_company=True,
            ends_row=True,
        ),
    ),
)
