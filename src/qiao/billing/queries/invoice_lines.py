"""The lines of an invoice: the charges of its bill, each with the tax that is contained in it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from qiao.billing.models import BillLine, Invoice, Tariff, TariffVersion
from qiao.billing.queries.terms import tariffs_by_version
from qiao.billing.rules.bills.lines import contained_taxes
from qiao.billing.rules.tariffs.formulas import Number
from qiao.billing.rules.tariffs.model import USAGE, Charge, PerUnit, Share, Tiered
from qiao.billing.rules.tariffs.model import Tariff as Rules
from qiao.billing.showing import charge_head


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A charge for the days of one part of a bill, in the reader's language; of a red invoice
    amounts and quantity are below nothing.

    `owner` is whose money it is by its key, `owner_name` empty where that is the company. `minor`
    has its tax in it, `tax_minor`; `tax_rate` is that of the one tax that is contained in it, None
    where there is none, or its rate is no single figure. `unit` is empty where `quantity` is not
    what was used.
    """

    charge: str
    name: str
    owner: str
    owner_name: str
    unit: str
    quantity: Decimal | None
    price: Decimal | None
    minor: int
    tax_minor: int
    tax_rate: Decimal | None


def lines_of_invoice(invoice: Invoice) -> list[InvoiceLine]:
    """The lines of an invoice, in the order of its bill."""
    parts: dict[tuple[int, int], list[BillLine]] = defaultdict(list)
    for line in BillLine.objects.filter(bill=invoice.bill_id).order_by("place"):
        parts[line.part, line.version_id or 0].append(line)
    ids = {version for _part, version in parts}
    versions = TariffVersion.objects.select_related("tariff").in_bulk(ids)
    rules = tariffs_by_version(str(pk) for pk in ids)
    sign = -1 if invoice.is_red else 1
    return [
        shown
        for (_part, version), lines in parts.items()
        for shown in _of_part(lines, versions[version].tariff, rules[str(version)], sign)
    ]


def _of_part(
    lines: Iterable[BillLine], row: Tariff, tariff: Rules, sign: int
) -> list[InvoiceLine]:
    charges = {charge.key: charge for charge in tariff.charges}
    kept = [line for line in lines if line.charge in charges]
    taxes = contained_taxes({line.charge: line.minor for line in kept}, tariff.charges)
    found = []
    for line in kept:
        if not line.adds:
            continue
        charge = charges[line.charge]
        name, owner_name, _how = charge_head(row, tariff, charge)
        found.append(
            InvoiceLine(
                charge=line.charge,
                name=name,
                owner=line.owner,
                owner_name=owner_name,
                unit=tariff.unit if _is_of_use(charge) else "",
                quantity=None if line.quantity is None else line.quantity * sign,
                price=line.price,
                minor=line.minor * sign,
                tax_minor=taxes[line.charge] * sign,
                tax_rate=_rate(line.charge, tariff) if taxes[line.charge] else None,
            )
        )
    return found


def _is_of_use(charge: Charge) -> bool:
    match charge.how:
        case Tiered(quantity=quantity) | PerUnit(quantity=quantity):
            return quantity == USAGE
    return False


def _rate(key: str, tariff: Rules) -> Decimal | None:
    """The rate of the one tax that is contained in a charge."""
    rates = [
        charge.how.rate.rows
        for charge in tariff.charges
        if isinstance(charge.how, Share) and charge.how.included and key in charge.how.of
    ]
    if len(rates) != 1 or len(rates[0]) != 1:
        return None
    ((formula,),) = rates[0].values()
    return formula.value if isinstance(formula, Number) else None
