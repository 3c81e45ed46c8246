"""The lines of bills in words, part by part: what they were rated from, rated once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qiao.billing import showing_bills as words
from qiao.billing.models import Bill, TariffVersion
from qiao.billing.queries.price_examples import ExampleLine, line_in_words
from qiao.billing.queries.terms import tariffs_by_version
from qiao.billing.rules.bills.facts import read_facts
from qiao.billing.rules.tariffs.explaining import explain
from qiao.billing.rules.tariffs.parts import RatedPart, rate_parts


@dataclass(frozen=True, slots=True)
class PartShown:
    """Days of a bill that were rated alike: under which prices, with their lines in words."""

    start: date
    last: date
    tariff: str
    tariff_id: int
    lines: tuple[ExampleLine, ...]
    contained: tuple[ExampleLine, ...]


def parts_of(bills: Sequence[Bill]) -> dict[int, tuple[PartShown, ...]]:
    """The parts of bills by their ids, in the reader's language; those taken over from another
    system have none. All are rated together, in two statements."""
    parts = [
        (bill.pk, part)
        for bill in bills
        if bill.facts.get("period")
        for part in read_facts(bill.facts).parts()
    ]
    versions = TariffVersion.objects.select_related("tariff").in_bulk(
        {int(part.version) for _pk, part in parts}
    )
    tariffs = tariffs_by_version(part.version for _pk, part in parts)
    found: dict[int, list[PartShown]] = {bill.pk: [] for bill in bills}
    for (pk, part), rated in zip(
        parts, rate_parts(tariffs, [part for _pk, part in parts]), strict=True
    ):
        found[pk].append(_shown(rated, versions[int(part.version)]))
    return {pk: tuple(shown) for pk, shown in found.items()}


def _shown(rated: RatedPart, version: TariffVersion) -> PartShown:
    row, period = version.tariff, rated.part.period
    lines = explain(rated.tariff, rated.rated, rated.row).lines
    shown = [(line.adds, line_in_words(row, rated.tariff, line)) for line in lines]
    return PartShown(
        period.start,
        words.last_day(period),
        words.tariff_name(row),
        row.pk,
        tuple(line for adds, line in shown if adds),
        tuple(line for adds, line in shown if not adds),
    )
