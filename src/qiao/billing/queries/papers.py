"""Bills as they stand on paper, in the reader's language; hundreds in few statements.

A paper says what was so when the bill was issued, whenever it is printed: readings, balances and
the reasons. Only that the bill was taken back since is marked on it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import override, pgettext

from qiao.billing import showing
from qiao.billing.models import Bill
from qiao.billing.queries.addressing import addressees_of_bills
from qiao.billing.queries.bill_facts import (
    Balance,
    PastBill,
    balances_of,
    owners_of,
    past_bills,
    replaced_by,
)
from qiao.billing.queries.bill_links import page_of
from qiao.billing.queries.bill_parts import PartShown, parts_of
from qiao.billing.queries.house import House, house_of
from qiao.billing.queries.owners import owner_names
from qiao.billing.queries.why import whys
from qiao.billing.showing_papers import (
    BillPaper,
    bars_of,
    budget_of,
    contained_in,
    due_words,
    facts_of,
    owners_in,
    paper_words,
    part_of,
    reading_of,
    sums_of,
    title_of,
    void_note,
)
from qiao.core.rules.money import to_decimal
from qiao.core.rules.texts import language_key
from qiao.customers.queries import Addressee
from qiao.messaging.queries import NoticeTexts, filled, notice_texts
from qiao.metering.queries import BilledDays, BilledReading, readings_of_bills
from qiao.staff.queries import organisation

WAYS_TO_PAY: Final = "bill_paper"
"""The occasion of `messaging` under which administrators keep what stands at the foot."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of a batch, in no language."""

    addressees: Mapping[int, Addressee]
    readings: Mapping[str, Sequence[BilledReading]]
    balances: Mapping[int, Balance]
    owners: Mapping[int, Mapping[str, int]]
    past: Mapping[int, Sequence[PastBill]]
    replaced: Mapping[int, str]
    names: Mapping[str, Mapping[str, str]]
    ways: Mapping[int, NoticeTexts]
    units: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _Said:
    """What was put into words for all bills of a language."""

    language: str
    houses: Mapping[int, House]
    parts: Mapping[int, Sequence[PartShown]]
    reasons: Mapping[int, str]
    words: Mapping[str, Any]


def bill_papers(bills: Sequence[Bill], *, language: str = "") -> list[BillPaper]:
    """Bills as papers, in their order; the caller has checked the right.

    Each is in its customer's language, else in that of its unit, unless `language` is given.
    The number of statements does not hang on that of the bills.
    """
    known = _known(bills)
    groups: dict[str, list[Bill]] = defaultdict(list)
    for bill in bills:
        own = language or known.addressees[bill.pk].language or known.units[bill.organisation_id]
        groups[language_key(own)].append(bill)
    found: dict[int, BillPaper] = {}
    for key, group in groups.items():
        with override(key.lower()):
            found |= {each.bill_id: each for each in _papers(group, known, key)}
    return [found[bill.pk] for bill in bills]


def _unit_language(unit_id: int) -> str:
    languages = organisation(unit_id).languages
    return languages[0] if languages else settings.LANGUAGE_CODE


def _known(bills: Sequence[Bill]) -> _Known:
    addressees = dict(zip((bill.pk for bill in bills), addressees_of_bills(bills), strict=True))
    units = {bill.organisation_id for bill in bills}
    days = [
        BilledDays(bill.number, point, bill.start_date, bill.end_date)
        for bill in bills
        if (point := addressees[bill.pk].service_point_id) is not None
        if bill.kind != Bill.Kind.TAKEN_OVER
    ]
    return _Known(
        addressees,
        readings_of_bills(days),
        balances_of(bills),
        owners_of(bills),
        past_bills(bills),
        replaced_by(bill.pk for bill in bills if bill.state == Bill.State.REVERSED),
        owner_names(),
        {unit: notice_texts(occasion=WAYS_TO_PAY, organisation_id=unit) for unit in units},
        {unit: _unit_language(unit) for unit in units},
    )


def _papers(bills: Sequence[Bill], known: _Known, language: str) -> list[BillPaper]:
    reasons = whys([bill for bill in bills if bill.state == Bill.State.ISSUED])
    said = _Said(
        language,
        {unit: house_of(unit) for unit in known.units},
        parts_of(bills),
        {pk: each.sentence for pk, each in reasons.items()},
        paper_words(),
    )
    return [_paper(bill, known, said) for bill in bills]


def _paper(bill: Bill, known: _Known, said: _Said) -> BillPaper:
    parts = said.parts[bill.pk]
    who, balance = known.addressees[bill.pk], known.balances[bill.pk]
    house = said.houses[bill.organisation_id]
    is_void = bill.state == Bill.State.REVERSED
    due_amount, until = due_words(bill, balance)
    readings = tuple(reading_of(each) for each in known.readings.get(bill.number, ()))
    bars_title, bars = bars_of(bill, known.past.get(bill.pk, ()))
    pay = filled(
        known.ways[bill.organisation_id].texts[said.language],
        {
            "name": who.name,
            "organisation": house.name,
            "account": who.number,
            "bill": bill.number,
            "phone": house.phone or "–",
            "due": date_format(bill.due_date, "DATE_FORMAT"),
        },
    )
    return BillPaper(
        bill_id=bill.pk,
        number=bill.number,
        language=said.language,
        house=house,
        name=who.name,
        address=who.postal,
        title=title_of(bill, who.service),
        due_amount=due_amount,
        due_words=until,
        stamp=pgettext("stamp on a bill", "Void") if is_void else "",
        note=void_note(bill, known.replaced.get(bill.pk, "")) if is_void else "",
        facts=facts_of(bill, who, parts, has_readings=bool(readings)),
        readings=readings,
        parts=tuple(part_of(bill, part, len(parts)) for part in parts),
        total=showing.money(bill.total_minor, bill.currency),
        contained=contained_in(parts, bill.currency),
        owners=owners_in(known.owners.get(bill.pk, {}), known.names, bill.currency),
        budget=budget_of(bill),
        balance=sums_of(balance, bill.currency),
        why=said.reasons.get(bill.pk, ""),
        bars_title=bars_title,
        bars=bars,
        pay_title=pay.title,
        pay_lines=tuple(line for line in pay.body.split("\n") if line.strip()),
        qr=_payload(bill, who, balance),
        foot=" · ".join((house.name, bill.number, who.number)),
        words=said.words,
    )


def _payload(bill: Bill, who: Addressee, balance: Balance) -> str:
    """What the square code says: what the installation sets (`QIAO_BILL_QR`), else the address of
    the bill's own page; nothing for a bill that does not hold."""
    if bill.state == Bill.State.REVERSED:
        return ""
    link = page_of(bill.pk)
    if not settings.QIAO_BILL_QR:
        return link
    return str(
        settings.QIAO_BILL_QR.format(
            account=who.number,
            bill=bill.number,
            amount=to_decimal(max(balance.due, 0), bill.currency),
            due=f"{bill.due_date:%Y-%m-%d}",
            link=link,
        )
    )
