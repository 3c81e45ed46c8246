"""Tariffs as data again: what `read_tariff` reads."""

from typing import Any

from qiao.billing.rules.tariffs.formulas import write_formula
from qiao.billing.rules.tariffs.model import (
    AtLeast,
    Charge,
    Fixed,
    How,
    PerUnit,
    Reckoned,
    Rounding,
    Share,
    Table,
    Tariff,
    Tiered,
)
from qiao.billing.rules.tariffs.reading import read_tariff


def rewritten(data: Any) -> dict[str, Any]:
    """The data of a tariff as this module writes it, however it was written. Raises
    `checking.BadTariff`."""
    return write_tariff(read_tariff(data))


def write_tariff(tariff: Tariff) -> dict[str, Any]:
    """The data of a tariff; `read_tariff` of it gives the same."""
    return {
        "currency": tariff.currency,
        "unit": tariff.unit,
        "quantities": [
            {"key": each.key, "value": _written(each.value), **_rounded(each.rounding)}
            for each in tariff.quantities
        ],
        "charges": [_charge(each) for each in tariff.charges],
        "defaults": dict(tariff.defaults),
        "numbers": dict(tariff.numbers),
    }


def _charge(charge: Charge) -> dict[str, Any]:
    data: dict[str, Any] = {"key": charge.key, "owner": charge.owner}
    if charge.names:
        data["names"] = dict(charge.names)
    if charge.when:
        data["when"] = {name: sorted(values) for name, values in sorted(charge.when.items())}
    return data | _how(charge.how)


def _how(how: How) -> dict[str, Any]:
    match how:
        case Fixed(amount, per):
            return {"kind": "fixed", "amount": _written(amount), "per": per}
        case PerUnit(quantity, price):
            return {"kind": "per_unit", "quantity": quantity, "price": _written(price)}
        case Tiered(quantity, starts, prices, period, start_is, rounding):
            return {
                "kind": "tiered",
                "quantity": quantity,
                "period": period,
                "start_is": start_is,
                "starts": _written(starts, many=True),
                "prices": _written(prices, many=True),
                **_rounded(rounding),
            }
        case Reckoned(amount):
            return {"kind": "reckoned", "amount": _written(amount)}
        case Share(of, rate, included):
            share = {"of": list(of), "rate": _written(rate), "included": included}
            return {"kind": "share"} | share
        case AtLeast(of, amount, per):
            least = {"of": list(of), "amount": _written(amount), "per": per}
            return {"kind": "at_least"} | least


def _rounded(rounding: Rounding | None) -> dict[str, Any]:
    return {} if rounding is None else {"digits": rounding.digits, "way": rounding.way}


def _written(table: Table, *, many: bool = False) -> Any:
    rows = {
        key: [write_formula(figure) for figure in row] if many else write_formula(row[0])
        for key, row in table.rows.items()
    }
    if not table.by:
        return rows[()]
    return {"by": list(table.by), "rows": [[list(key), row] for key, row in rows.items()]}
