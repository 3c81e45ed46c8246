"""Words of bills on paper: what each part of one says, in the reader's language."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.billing import showing
from qiao.billing import showing_bills as words
from qiao.billing.ledger_words import owner_name
from qiao.billing.models import Bill
from qiao.billing.queries.bill_facts import Balance, PastBill
from qiao.billing.queries.bill_parts import PartShown
from qiao.billing.queries.house import House
from qiao.billing.queries.price_examples import ExampleLine
from qiao.billing.rules.bills.bars import shares_of
from qiao.billing.rules.money.postings import OWN
from qiao.billing.showing_budget import balance_words
from qiao.core.rules.money import to_decimal
from qiao.customers.queries import Addressee
from qiao.metering.queries import BilledReading

Amount = tuple[str, str]
"""A name and an amount in words."""


@dataclass(frozen=True, slots=True)
class PaperStep:
    """A tier of a line: its name with its bounds, quantity and price, its amount."""

    name: str
    how: str
    amount: str


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A charge with its tiers; `owner` is empty where it is the company's own."""

    name: str
    owner: str
    how: str
    amount: str
    steps: tuple[PaperStep, ...]


@dataclass(frozen=True, slots=True)
class PaperPart:
    """Days that were rated alike, under a heading."""

    title: str
    lines: tuple[PaperLine, ...]


@dataclass(frozen=True, slots=True)
class PaperReading:
    """A register: readings at both ends with their days, and what was used."""

    meter: str
    note: str
    start_day: str
    start: str
    end_day: str
    end: str
    used: str


@dataclass(frozen=True, slots=True)
class PaperSum:
    """A line of the balance."""

    name: str
    amount: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A bill as a bar: its height as a share of the highest, and the words above and below."""

    share: float
    now: bool
    value: str
    month: str
    year: str


@dataclass(frozen=True, slots=True)
class BillPaper:
    """A bill with all that stands on paper, in words of `language`."""

    bill_id: int
    number: str
    language: str
    house: House
    name: str
    address: str
    title: str
    due_amount: str
    due_words: str
    stamp: str
    note: str
    facts: tuple[tuple[Amount, ...], tuple[Amount, ...]]
    readings: tuple[PaperReading, ...]
    parts: tuple[PaperPart, ...]
    total: str
    contained: tuple[Amount, ...]
    owners: tuple[Amount, ...]
    budget: tuple[Amount, ...]
    balance: tuple[PaperSum, ...]
    why: str
    bars_title: str
    bars: tuple[Bar, ...]
    pay_title: str
    pay_lines: tuple[str, ...]
    qr: str
    foot: str
    words: Mapping[str, Any]


def paper_words() -> dict[str, Any]:
    """Headings, the same on all bills of a language."""
    return {
        "readings": pgettext("bill", "Readings"),
        "reading_heads": [
            pgettext("bill", "Meter"),
            pgettext("reading", "Before"),
            pgettext("reading", "Now"),
            pgettext("bill", "Use"),
        ],
        "charges": pgettext("bill", "What it is made of"),
        "no_lines": _("Its lines are not kept here."),
        "total": pgettext("bill", "Total"),
        "balance": _("What is to be paid"),
        "why": pgettext("bill", "Why this bill"),
        "qr": _("This bill online"),
    }


def title_of(bill: Bill, service: str) -> str:
    if bill.total_minor < 0:
        return pgettext("bill", "Credit note")
    if bill.kind == Bill.Kind.FINAL:
        return str(Bill.Kind.FINAL.label)
    names = {
        "water": pgettext("bill", "Water bill"),
        "power": pgettext("bill", "Electricity bill"),
        "gas": pgettext("bill", "Gas bill"),
    }
    return names.get(service, str(Bill.Kind.REGULAR.label))


def due_words(bill: Bill, balance: Balance) -> tuple[str, str]:
    """What is to be paid, and until when, as it was when the bill was issued."""
    if bill.state == Bill.State.REVERSED:
        return showing.money(bill.total_minor, bill.currency), _("Nothing is to be paid for it.")
    amount = showing.money(max(balance.due, 0), bill.currency)
    if balance.due > 0:
        day = date_format(bill.due_date, "DATE_FORMAT")
        return amount, _("Please pay by %(day)s") % {"day": day}
    if balance.due < 0:
        ahead = showing.money(-balance.due, bill.currency)
        return amount, _("Nothing to pay: %(amount)s is paid ahead") % {"amount": ahead}
    return amount, _("Nothing to pay")


def void_note(bill: Bill, replaced: str) -> str:
    day = f"{bill.reversed_date:%Y-%m-%d}"
    if replaced:
        return _("This bill was taken back on %(day)s; bill %(number)s stands for it.") % {
            "day": day,
            "number": replaced,
        }
    return _("This bill was taken back on %(day)s and does not hold.") % {"day": day}


def days_of(bill: Bill) -> str:
    """The first and the last day of a bill."""
    return words.days_words(bill.start_date, bill.end_date)


def facts_of(
    bill: Bill, who: Addressee, parts: Sequence[PartShown], *, has_readings: bool
) -> tuple[tuple[Amount, ...], tuple[Amount, ...]]:
    used = words.used(bill)
    if used and bill.is_estimated:
        used = _("%(use)s (estimated)") % {"use": used}
    tariff = parts[-1].tariff if parts else ""
    left = (
        (_("Account number"), who.number),
        (_("Supplied to"), who.user_name),
        (_("Supplied at"), who.address),
        (pgettext("bill", "Days"), days_of(bill)),
    )
    right = (
        (pgettext("bill", "Issued on"), f"{bill.issued_date:%Y-%m-%d}"),
        (pgettext("bill", "Tariff"), tariff),
        (pgettext("bill", "Use"), used),
        (pgettext("bill", "Meter"), "" if has_readings else who.meter_number),
    )
    return tuple((n, v) for n, v in left if v), tuple((n, v) for n, v in right if v)


def reading_of(reading: BilledReading) -> PaperReading:
    unit = words.unit_name(reading.unit)
    notes = [reading.period] if reading.kind != "total" else []
    if reading.multiplier != 1:
        notes.append(f"× {showing.plain(reading.multiplier)}")
    return PaperReading(
        meter=reading.meter_number or "–",
        note=" · ".join(notes),
        start_day=f"{reading.start_date:%Y-%m-%d}",
        start=_value(reading.start_value, is_estimated=reading.start_estimated),
        end_day=f"{reading.end_date:%Y-%m-%d}",
        end=_value(reading.end_value, is_estimated=reading.end_estimated),
        used="–" if reading.used is None else f"{showing.plain(reading.used)} {unit}",
    )


def _value(value: Decimal, *, is_estimated: bool) -> str:
    text = showing.plain(value)
    return _("%(value)s estimated") % {"value": text} if is_estimated else text


def part_of(bill: Bill, part: PartShown, count: int) -> PaperPart:
    unit = words.unit_name(bill.unit)
    days = f"{part.start:%Y-%m-%d} – {part.last:%Y-%m-%d} · {part.tariff}"
    return PaperPart(days if count > 1 else "", tuple(_line(line, unit) for line in part.lines))


def _line(line: ExampleLine, unit: str) -> PaperLine:
    how = line.how
    if line.price:
        how = f"{line.quantity} × {line.price}"
    elif line.steps:
        how = f"{line.quantity} {unit}"
    return PaperLine(
        line.name,
        line.owner,
        how,
        line.amount,
        tuple(
            PaperStep(
                pgettext("bill", "Tier %(n)d: %(bounds)s")
                % {
                    "n": step.place,
                    "bounds": f"{step.begins}–{step.ends}" if step.ends else f"{step.begins} +",
                },
                f"{step.quantity} × {step.price}",
                step.amount,
            )
            for step in line.steps
        ),
    )


def contained_in(parts: Iterable[PartShown], currency: str) -> tuple[Amount, ...]:
    """What is contained in the total, such as tax, each kind once."""
    found: dict[str, int] = defaultdict(int)
    for part in parts:
        for line in part.contained:
            found[line.name] += line.minor
    return tuple((name, showing.money(minor, currency)) for name, minor in found.items())


def owners_in(
    owners: Mapping[str, int], names: Mapping[str, Mapping[str, str]], currency: str
) -> tuple[Amount, ...]:
    """Whose money the total is, where it is not the company's alone."""
    if not set(owners) - {OWN}:
        return ()
    return tuple(
        (
            _("of it for: %(owner)s") % {"owner": owner_name(owner, names)},
            showing.money(minor, currency),
        )
        for owner, minor in owners.items()
    )


def budget_of(bill: Bill) -> tuple[Amount, ...]:
    """What equal instalments ask of a bill, and what then stands of them."""
    if bill.asked_minor is None:
        return ()
    return (
        (_("Asked by equal instalments"), _signed(bill.asked_minor, bill.currency)),
        (_("Equal instalments so far"), balance_words(bill.budget_minor or 0, bill.currency)),
    )


def _signed(minor: int, currency: str) -> str:
    return f"{'−' if minor < 0 else ''}{showing.money(abs(minor), currency)}"


def sums_of(balance: Balance, currency: str) -> tuple[PaperSum, ...]:
    def line(name: str, minor: int, *, strong: bool = False) -> PaperSum:
        return PaperSum(name, _signed(minor, currency), strong)

    before = (
        line(_("Owed with the bill before"), balance.before)
        if balance.before >= 0
        else line(_("Paid ahead with the bill before"), balance.before)
    )
    return (
        before,
        line(_("Paid since"), balance.paid),
        *([line(_("Late fees and corrections"), balance.other)] if balance.other else []),
        line(_("This bill"), balance.billed),
        *([line(_("Equalised by instalments"), balance.budget)] if balance.budget else []),
        line(_("To be paid in all"), balance.due, strong=True)
        if balance.due >= 0
        else line(_("Paid ahead in all"), balance.due, strong=True),
    )


def bars_of(bill: Bill, past: Sequence[PastBill]) -> tuple[str, tuple[Bar, ...]]:
    """Use where all bills have one in the same unit, else what they came to."""
    if len(past) < 2:
        return "", ()
    has_use = all(each.usage is not None and each.unit == bill.unit for each in past)
    values = [
        each.usage if has_use and each.usage is not None else to_decimal(each.minor, bill.currency)
        for each in past
    ]
    unit = words.unit_name(bill.unit) if has_use else bill.currency
    title = _("Last %(n)d bills (%(unit)s)") % {"n": len(past), "unit": unit}
    years = [f"{each.start_date:%Y}" for each in past]
    return title, tuple(
        Bar(
            share,
            each.bill_id == bill.pk,
            showing.plain(round(value, 1)),
            f"{each.start_date:%m}",
            year if place == 0 or years[place - 1] != year else "",
        )
        for place, (each, value, share, year) in enumerate(
            zip(past, values, shares_of(values), years, strict=True)
        )
    )
