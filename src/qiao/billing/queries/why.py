"""Why a bill is higher or lower than another, in one sentence, each cause with its amount.

A bill is compared with bills of the same customer alone.
"""
# ruff: noqa: S608 - put together from our own pieces; values are bound

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from qiao.billing import showing
from qiao.billing.models import Bill
from qiao.billing.queries.parties import BEGUN, WITH_DAYS
from qiao.billing.queries.terms import tariffs_by_version
from qiao.billing.rules.bills.facts import Facts, read_facts
from qiao.billing.rules.tariffs.comparing import BillFacts, Cause, Comparison, compare_many
from qiao.billing.rules.tariffs.inputs import CannotRate
from qiao.billing.rules.tariffs.planning import CannotPlan, Part
from qiao.core.prepared import fetch_all

A_YEAR: Final = timedelta(days=365)
NEAR: Final = timedelta(days=45)
"""A bill that began so near to a year ago is that of the same season."""
_A_YEAR_AGO: Final = (
    gettext_lazy("Higher than a year ago by %(amount)s"),
    gettext_lazy("Lower than a year ago by %(amount)s"),
    gettext_lazy("The same as a year ago."),
)
_BEFORE: Final = (
    gettext_lazy("Higher than the bill before by %(amount)s"),
    gettext_lazy("Lower than the bill before by %(amount)s"),
    gettext_lazy("The same as the bill before."),
)

_OTHERS: Final = f"""
SELECT w.id, coalesce(y.id, p.id), y.id IS NOT NULL
  FROM unnest(%(ids)s::bigint[], %(accounts)s::bigint[], %(starts)s::date[])
       AS w (id, account_id, day)
  LEFT JOIN LATERAL (
      SELECT b.id FROM billing_bill b
       WHERE b.account_id = w.account_id AND b.state = 'issued' AND b.end_date <= w.day
         AND abs(b.start_date - (w.day - %(year)s::int)) <= %(near)s::int
         AND b.end_date > {BEGUN.format(account="w.account_id", day="w.day")}
         AND {WITH_DAYS.format(bill="b")}
       ORDER BY abs(b.start_date - (w.day - %(year)s::int)), b.id LIMIT 1) y ON true
  LEFT JOIN LATERAL (
      SELECT b.id FROM billing_bill b
       WHERE y.id IS NULL AND b.account_id = w.account_id AND b.state = 'issued'
         AND b.end_date <= w.day
         AND b.end_date > {BEGUN.format(account="w.account_id", day="w.day")}
         AND {WITH_DAYS.format(bill="b")}
       ORDER BY b.end_date DESC LIMIT 1) p ON true
 WHERE coalesce(y.id, p.id) IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Why:
    """The bill that another is compared with, the difference in minor units, and its causes in
    words with their amounts. `is_a_year_ago`: it is that of the same season of the year before."""

    other: Bill
    is_a_year_ago: bool
    minor: int
    causes: tuple[tuple[str, str], ...]
    sentence: str

    @property
    def total(self) -> str:
        """What the other bill came to, in words."""
        return showing.money(self.other.total_minor, self.other.currency)


def why(bill: Bill) -> Why | None:
    """Compare a bill with that of a year ago, else with the one before; None for a first bill, or
    where either has nothing to be compared by."""
    return whys([bill]).get(bill.pk)


def whys(bills: Sequence[Bill]) -> dict[int, Why]:
    """The same of many bills, by their ids: those alone that have something to be compared by.
    Two statements."""
    others = _others(bills)
    pairs = [
        (bill, *others[bill.pk])
        for bill in bills
        if bill.pk in others
        and bill.facts.get("period")
        and others[bill.pk][0].facts.get("period")
    ]
    found = {}
    for (bill, other, is_a_year_ago), compared in zip(pairs, _compared(pairs), strict=True):
        if compared is not None:
            found[bill.pk] = _why(bill, other, compared, is_a_year_ago=is_a_year_ago)
    return found


_Pair = tuple[Bill, Bill, bool]
_Told = tuple[BillFacts, BillFacts, Comparison]


def _compared(pairs: Sequence[_Pair]) -> list[_Told | None]:
    """All together; one by one where one of them cannot be compared."""
    try:
        both = [(_facts_of(other), _facts_of(bill)) for bill, other, _is_a_year_ago in pairs]
        tariffs = tariffs_by_version(each.version for pair in both for each in pair)
        compared = compare_many(tariffs, both)
    except (CannotRate, CannotPlan):
        if len(pairs) == 1:
            return [None]
        return [each for pair in pairs for each in _compared([pair])]
    return [(one, two, each) for (one, two), each in zip(both, compared, strict=True)]


def _why(bill: Bill, other: Bill, told: _Told, *, is_a_year_ago: bool) -> Why:
    one, two, found = told
    causes = tuple(
        (words, signed(effect.minor, bill.currency))
        for effect in found.effects
        if (words := _words(effect.cause, one, two))
    )
    sentence = sentence_of(found.minor, bill.currency, causes, is_a_year_ago=is_a_year_ago)
    return Why(other, is_a_year_ago, found.minor, causes, sentence)


def signed(minor: int, currency: str) -> str:
    """An amount with its sign, + as well."""
    sign = "+" if minor > 0 else "−" if minor < 0 else ""
    return f"{sign}{showing.money(abs(minor), currency)}"


def _others(bills: Sequence[Bill]) -> dict[int, tuple[Bill, bool]]:
    """By bill the one that it is compared with, and whether that is of a year ago."""
    values: dict[str, Any] = {
        "ids": [bill.pk for bill in bills],
        "accounts": [bill.account_id for bill in bills],
        "starts": [bill.start_date for bill in bills],
        "year": A_YEAR.days,
        "near": NEAR.days,
    }
    rows = fetch_all(_OTHERS, values)
    known = Bill.objects.in_bulk([other for _id, other, _is_a_year_ago in rows])
    return {pk: (known[other], is_a_year_ago) for pk, other, is_a_year_ago in rows}


def _facts_of(bill: Bill) -> BillFacts:
    facts: Facts = read_facts(bill.facts)
    parts = facts.parts()
    last: Part = parts[-1]
    return BillFacts(
        period=facts.period,
        months=facts.months,
        version=last.version,
        quantities=facts.used(),
        labels=last.labels,
        numbers=last.numbers,
        before=parts[0].before,
        rooms=last.year_rooms,
        minor=bill.total_minor,
    )


def _words(cause: Cause, one: BillFacts, two: BillFacts) -> str:
    if cause == Cause.DAYS:
        return days_words(two.days - one.days)
    words = {
        Cause.USE: use_words(_used(two) - _used(one)),
        Cause.TIERS: _("other tiers reached"),
        Cause.HOUSEHOLD: _("another household or contract"),
        Cause.PRICES: _("other prices"),
        Cause.OTHER: other_things(),
    }
    return words[cause]


def days_words(days: int) -> str:
    """So many days more than another bill has, or fewer."""
    if days > 0:
        return ngettext("%(n)d more day", "%(n)d more days", days) % {"n": days}
    return ngettext("%(n)d day fewer", "%(n)d days fewer", -days) % {"n": -days}


def use_words(used: Decimal) -> str:
    """So much more used a day than in another bill, or less."""
    return _("more used a day") if used > 0 else _("less used a day")


def other_things() -> str:
    """What makes a difference beside all that has a name."""
    return pgettext("why a bill", "other things")


def _used(facts: BillFacts) -> Decimal:
    return sum(facts.quantities.values(), Decimal(0)) / (facts.days or 1)


def sentence_of(
    minor: int, currency: str, causes: tuple[tuple[str, str], ...], *, is_a_year_ago: bool
) -> str:
    """By how much a bill is higher or lower than another, and the causes with their amounts."""
    higher, lower, same = _A_YEAR_AGO if is_a_year_ago else _BEFORE
    if not minor:
        return str(same)
    said = str(higher if minor > 0 else lower) % {"amount": showing.money(abs(minor), currency)}
    is_chinese = (get_language() or "").startswith("zh")
    listed = ("，" if is_chinese else ", ").join(f"{each} {amount}" for each, amount in causes)
    if not listed:
        return said + ("。" if is_chinese else ".")
    return f"{said}：{listed}。" if is_chinese else f"{said}: {listed}."
