"""Figures of money for the overview: sums of kept figures, each with the bills that it counts.

Amounts are whole units of the currency in which most is, since figures of two currencies do not
add up; it stands in the title of the column. The lists behind them say every bill to the fen.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from qiao.billing.ledger_words import owner_name
from qiao.billing.rules.money.ageing import AGES, span_of
from qiao.billing.showing_feeds import told_words
from qiao.core.actor import Actor
from qiao.core.figures import Cell, Column, Grid, Row, Scope, Standing, part_label
from qiao.core.kept import Ask, KeptCounts, Sums
from qiao.core.packs.enabled import catalogue
from qiao.core.rules.money import to_decimal
from qiao.core.rules.spans import Span, first_of
from qiao.customers.queries import service_names

RIGHT: Final = "bills.view"
KEPT: Final = KeptCounts(table="billing_moneyfigure", changes="billing_moneyfigurechange")
AGE_NAMES: Final[Mapping[str, Promise]] = {
    "due": pgettext_lazy("age of a debt", "Not due yet"),
    "30": pgettext_lazy("age of a debt", "1–30 days late"),
    "90": pgettext_lazy("age of a debt", "31–90 days late"),
    "365": pgettext_lazy("age of a debt", "91–365 days late"),
    "old": pgettext_lazy("age of a debt", "More than a year late"),
}


# What an owner of money is called: as the first tariff says that knows it.
_OWNER_NAMES: Final = """
SELECT t.owners -> split_part(k.holder, ':', 2) FROM billing_tariff t
 WHERE t.owners ? split_part(k.holder, ':', 2) ORDER BY t.place, t.id LIMIT 1
"""


# Other billing systems that bill accounts of these units, of each as of when.
_TOLD: Final = """
SELECT json_agg(json_build_object(
           'name', f.name, 'as_of', least(f.bills_as_of, f.payments_as_of, f.balances_as_of))
       ORDER BY f.name, f.id)
  FROM billing_feed f JOIN staff_organisation o ON o.id = f.organisation_id
 WHERE EXISTS (SELECT FROM staff_organisation x
                WHERE x.id = ANY(%(organisations)s::bigint[]) AND x.path LIKE o.path || '%%')
"""


def _read(actor: Actor, scope: Scope, *asks: Ask, labels: str = "") -> Sums:
    return KEPT.read(*asks, organisations=scope.organisations(actor, RIGHT), labels=labels)


def _counts_for(scope: Scope) -> Callable[[str], bool]:
    """Whether a service belongs to the chosen pack."""
    if not scope.pack:
        return lambda _service: True
    return {each.key for each in catalogue().packs[scope.pack].services}.__contains__


def _usual_currency(sums: Sums, views: Iterable[str]) -> str:
    """The currency in which most is, CNY where nothing is."""
    found: dict[str, int] = defaultdict(int)
    for (_mark, view, _part, holder), n in sums.values.items():
        if view in views:
            found[holder.partition(":")[0]] += abs(n)
    return max(found, key=lambda key: (found[key], key), default="CNY")


def _whole(minor: int, currency: str) -> int:
    return round(to_decimal(minor, currency))


def _cell(minor: int, currency: str, href: str = "") -> Cell:
    """An amount in whole units; nothing needs no address."""
    return Cell(_whole(minor, currency), href if minor else "")


def _bills(scope: Scope, span: Span | None = None, **filters: object) -> str:
    days: dict[str, object] = {}
    if span is not None:
        days = {"since": span.since, "until": span.until + timedelta(days=1)}
    return scope.address("billing:list", {**days, **filters, "pack": ""})


def _payments(scope: Scope, span: Span) -> str:
    days = {"since": span.since, "until": span.until + timedelta(days=1)}
    return scope.address("billing:payments", {**days, "pack": ""})


def _note(sums: Sums, *own: str) -> str:
    """What stands beside a figure: words of its `own`, and as of when other billing systems told
    what is in it; those of `_TOLD`."""
    feeds: Sequence[Mapping[str, Any]] = next(iter(sums.labels.values()), ())
    return "; ".join((*own, *map(told_words, feeds)))


def _today(scope: Scope) -> date:
    return timezone.localdate(scope.now)


def billed_and_paid(actor: Actor, scope: Scope) -> Grid:
    """What was billed and what came in, part by part of the span; bills taken back and payments
    taken back count on the day that they were."""
    span = scope.curve()
    sums = _read(actor, scope, Ask(("billed", "paid"), span, span.step), labels=_TOLD)
    currency, counts = _usual_currency(sums, ("billed", "paid")), _counts_for(scope)
    found: dict[tuple[str, date], int] = defaultdict(int)
    for (_mark, view, part, holder), n in sums.values.items():
        kept, _colon, service = holder.partition(":")
        if kept == currency and counts(service) and part is not None:
            found[view, part] += n
    rows = []
    for days in span.parts(span.step):
        first = first_of(days.since, span.step)
        rows.append(
            Row(
                part_label(days, span.step),
                (
                    _cell(found["billed", first], currency, _bills(scope, days)),
                    _cell(found["paid", first], currency, _payments(scope, days)),
                ),
            )
        )
    totals = tuple(
        _cell(sum(n for (kept, _p), n in found.items() if kept == view), currency)
        for view in ("billed", "paid")
    )
    return Grid(
        pgettext("column of figures", "Days"),
        (
            Column("billed", _("Billed (%(currency)s)") % {"currency": currency}),
            Column("paid", _("Paid (%(currency)s)") % {"currency": currency}, tone="ok"),
        ),
        tuple(rows),
        totals,
        note=_note(sums),
    )


def owed_by_age(actor: Actor, scope: Scope) -> Grid:
    """What is owed at this moment, by how late it is; what is not due yet is none of it late."""
    today = _today(scope)
    asks = [Ask(("owed",), span_of(age, today), mark=age) for age in AGES]
    sums = _read(actor, scope, *asks, labels=_TOLD)
    currency, counts = _usual_currency(sums, ("owed",)), _counts_for(scope)
    found = dict.fromkeys(AGES, 0)
    for (mark, _view, _part, holder), n in sums.values.items():
        kept, _colon, service = holder.partition(":")
        if kept == currency and counts(service):
            found[mark] += n
    rows = [
        Row(
            AGE_NAMES[age],
            (_cell(minor, currency, _bills(scope, age=age)),),
            age,
        )
        for age, minor in found.items()
    ]
    return Grid(
        pgettext("column of figures", "Age"),
        (Column("n", _("Owed (%(currency)s)") % {"currency": currency}),),
        tuple(rows),
        (_cell(sum(found.values()), currency, _bills(scope, age="all")),),
        note=_note(sums, _("at this moment")),
    )


def earned_by_owner(actor: Actor, scope: Scope) -> Grid:
    """Whose money was billed in the span, without the tax within; the largest first."""
    sums = _read(actor, scope, Ask(("earned",), scope.span), labels=_OWNER_NAMES)
    currency = _usual_currency(sums, ("earned",))
    names = {holder.partition(":")[2]: each for holder, each in sums.labels.items()}
    return _shares(
        scope, _by(sums, "earned", currency, lambda _holder: True), currency,
        pgettext("column of figures", "Owner"), lambda key: owner_name(key, names),
    )  # fmt: skip


def billed_by_service(actor: Actor, scope: Scope) -> Grid:
    """What was billed in the span by service, the most first."""
    sums = _read(actor, scope, Ask(("billed",), scope.span), labels=_TOLD)
    currency, names = _usual_currency(sums, ("billed",)), service_names()
    return _shares(
        scope, _by(sums, "billed", currency, _counts_for(scope)), currency,
        pgettext("column of figures", "Service"), lambda key: str(names.get(key, key)),
        filtered="service", note=_note(sums),
    )  # fmt: skip


def _by(sums: Sums, view: str, currency: str, counts: Callable[[str], bool]) -> dict[str, int]:
    found: dict[str, int] = {}
    for holder, n in sums.by_holder(view).items():
        kept, _colon, key = holder.partition(":")
        if kept == currency and counts(key):
            found[key] = n
    return found


def _shares(
    scope: Scope,
    found: Mapping[str, int],
    currency: str,
    head: str,
    name: Callable[[str], str],
    filtered: str = "",
    note: str = "",
) -> Grid:
    def address(keys: Sequence[str]) -> str:
        narrowed = {filtered: list(keys)} if filtered and keys else {}
        return _bills(scope, scope.span, **narrowed)

    rows = [Row(name(key), (_cell(n, currency, address([key])),), key)
            for key, n in found.items()]  # fmt: skip
    return Grid(
        head,
        (Column("n", _("Billed (%(currency)s)") % {"currency": currency}),),
        tuple(rows),
        (_cell(sum(found.values()), currency, address([])),),
        note=note,
    )


def overdue(actor: Actor, scope: Scope) -> Standing:
    """What is late at this moment, in whole units of the usual currency."""
    today = _today(scope)
    late = Span(date.min, today - timedelta(days=1))
    sums = _read(actor, scope, Ask(("owed",), late), labels=_TOLD)
    currency = _usual_currency(sums, ("owed",))
    minor = sum(_by(sums, "owed", currency, _counts_for(scope)).values())
    return Standing(
        value=_whole(minor, currency), href=_bills(scope, age="late") if minor else "",
        note=_note(sums, _("%(currency)s, at this moment") % {"currency": currency}),
    )  # fmt: skip
