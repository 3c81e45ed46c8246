"""What the bills of a year would have come to under other terms, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.billing.queries.terms_trial import Would, YearUnder
from qiao.billing.queries.why import signed
from qiao.billing.showing import money

_NONE: Final = "–"


@dataclass(frozen=True, slots=True)
class BillShown:
    """A bill as it was and as it would have been; `tone` of the difference."""

    bill_id: int
    start: date
    last: date
    was: str
    would: str
    difference: str


@dataclass(frozen=True, slots=True)
class YearShown:
    """The bills of a year beside what they would have been, the sums, and what that means:
    `sentence`, and `asks` where a second person has to agree. `note` names what the meter does
    not count and the tariff charges."""

    rows: tuple[BillShown, ...]
    was: str
    would: str
    difference: str
    sentence: str
    asks: bool
    note: str


def year_words(year: YearUnder, *, currency: str, uncounted: Sequence[str]) -> YearShown:
    """A year in words."""
    rows = tuple(_row(each, currency) for each in year.rows)
    difference = year.would - year.was
    return YearShown(
        rows=rows,
        was=money(year.was, currency) if year.known else _NONE,
        would=money(year.would, currency) if year.known else _NONE,
        difference=signed(difference, currency) if year.known else _NONE,
        sentence=_sentence(year, difference, currency),
        asks=year.is_lower,
        note=_note(uncounted),
    )


def _row(each: Would, currency: str) -> BillShown:
    known = each.would is not None
    return BillShown(
        each.bill.pk,
        each.bill.start_date,
        each.bill.last_day,
        money(each.minor, currency),
        money(each.would or 0, currency) if known else _NONE,
        signed((each.would or 0) - each.minor, currency) if known else _NONE,
    )


def _sentence(year: YearUnder, difference: int, currency: str) -> str:
    if not year.known:
        return _("Nothing tells what a year would have come to: a second person has to agree.")
    amount = money(abs(difference), currency)
    if difference < 0:
        return _("%(amount)s less in the last year: a second person has to agree.") % {
            "amount": amount
        }
    if difference > 0:
        return _("%(amount)s more in the last year.") % {"amount": amount}
    return _("The same as it was.")


def _note(uncounted: Sequence[str]) -> str:
    if not uncounted:
        return ""
    listed = pgettext("between items of a list", ", ").join(uncounted)
    return _(
        "The meter has not counted this so far, so nothing of it is in these figures: %(names)s."
    ) % {"names": listed}
