"""Tariffs as data: what a pack writes, a version keeps and a screen edits.

A mapping of plain values (text, numbers, lists), the same in TOML and JSON::

    {"currency": "CNY", "unit": "m3",
     "quantities": [{"key": "sewage_volume", "value": "0.9 * usage", "digits": 3}],
     "charges": [
       {"key": "water", "kind": "tiered", "quantity": "usage", "period": "year",
        "start_is": "threshold", "starts": [0, 180, 260], "prices": ["2.07", "4.07", "6.07"]},
       {"key": "meter", "kind": "fixed", "per": "month",
        "amount": {"by": ["meter_size"], "rows": [[["15"], "2.50"], [["20"], "4"]]}}]}

Decimal numbers may be text or whole numbers, never binary fractions. Whatever cannot be read is
told with its place, what stands there and what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from qiao.billing.rules.tariffs.formulas import (
    BadFormula,
    Formula,
    Number,
    names_of,
    read_formula,
    write_formula,
)
from qiao.billing.rules.tariffs.model import (
    OTHERWISE,
    USAGE,
    AtLeast,
    Charge,
    Fixed,
    How,
    PerUnit,
    Quantity,
    Reckoned,
    Rounding,
    Share,
    Table,
    Tariff,
    Tiered,
)
from qiao.core.rules.money import BadMoney, exponent_of

KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
MOST: Final = 200
"""Charges, quantities, or rows of a table may not be more (rows: a hundred times as many)."""
DIGITS: Final = range(-3, 7)
_TARIFF: Final = frozenset({"currency", "unit", "charges", "quantities", "defaults", "numbers"})
_CHARGE: Final = frozenset({"key", "kind", "names", "owner", "when"})
_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "fixed": frozenset({"amount", "per"}),
    "per_unit": frozenset({"quantity", "price"}),
    "tiered": frozenset(
        {"quantity", "starts", "prices", "period", "start_is", "digits", "way"}
    ),
    "reckoned": frozenset({"amount"}),
    "share": frozenset({"of", "rate", "included"}),
    "at_least": frozenset({"of", "amount", "per"}),
}


class BadTariff(ValueError):  # noqa: N818 - a finding about data
    """A tariff that cannot be read. `where` is the place (``charges[2].starts``), `what` says what
    stands there and what was expected."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where, self.what = where, what


def read_tariff(data: Mapping[str, Any]) -> Tariff:
    """Read a tariff and check that it hangs together. Raises `BadTariff`."""
    _known(data, _TARIFF, "tariff")
    currency = _text(data, "currency", "tariff")
    try:
        exponent_of(currency)
    except BadMoney:
        raise BadTariff("currency", f"{currency!r} is unknown") from None
    quantities = tuple(
        _quantity(each, f"quantities[{place}]")
        for place, each in enumerate(_listed(data.get("quantities", []), "quantities"))
    )
    charges = tuple(
        _charge(each, f"charges[{place}]")
        for place, each in enumerate(_listed(data.get("charges"), "charges"))
    )
    if not charges:
        raise BadTariff("charges", "one at least is needed")
    tariff = Tariff(
        currency,
        _text(data, "unit", "tariff"),
        charges,
        quantities,
        dict(_words(data.get("defaults", {}), "defaults")),
        {key: str(_decimal(each, f"numbers.{key}"))
         for key, each in _mapping(data.get("numbers", {}), "numbers").items()},
    )  # fmt: skip
    _check(tariff)
    return tariff


def write_tariff(tariff: Tariff) -> dict[str, Any]:
    """The data of a tariff; `read_tariff` of it gives the same."""
    return {
        "currency": tariff.currency,
        "unit": tariff.unit,
        "quantities": [
            {"key": each.key, "value": _written(each.value), **_rounded(each.rounding)}
            for each in tariff.quantities
        ],
        "charges": [_written_charge(each) for each in tariff.charges],
        "defaults": dict(tariff.defaults),
        "numbers": dict(tariff.numbers),
    }


def _written_charge(charge: Charge) -> dict[str, Any]:
    data: dict[str, Any] = {"key": charge.key, "owner": charge.owner}
    if charge.names:
        data["names"] = dict(charge.names)
    if charge.when:
        data["when"] = {name: sorted(values) for name, values in sorted(charge.when.items())}
    match charge.how:
        case Fixed(amount, per):
            return data | {"kind": "fixed", "amount": _written(amount), "per": per}
        case PerUnit(quantity, price):
            return data | {"kind": "per_unit", "quantity": quantity, "price": _written(price)}
        case Tiered(quantity, starts, prices, period, start_is, rounding):
            tiers = {"quantity": quantity, "period": period, "start_is": start_is}
            figures = {"starts": _written(starts, many=True), "prices": _written(prices, many=True)}
            return data | {"kind": "tiered"} | tiers | figures | _rounded(rounding)
        case Reckoned(amount):
            return data | {"kind": "reckoned", "amount": _written(amount)}
        case Share(of, rate, included):
            share = {"of": list(of), "rate": _written(rate), "included": included}
            return data | {"kind": "share"} | share
        case AtLeast(of, amount, per):
            return data | {
                "kind": "at_least", "of": list(of), "amount": _written(amount), "per": per
            }  # fmt: skip


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


def _quantity(data: Any, where: str) -> Quantity:
    data = _mapping(data, where)
    _known(data, frozenset({"key", "value", "digits", "way"}), where)
    return Quantity(
        _key(data, where), _table(data.get("value"), f"{where}.value"), _rounding(data, where)
    )


def _charge(data: Any, where: str) -> Charge:
    data = _mapping(data, where)
    kind = _text(data, "kind", where)
    if kind not in _KINDS:
        raise BadTariff(f"{where}.kind", f"{kind!r} is none of {', '.join(_KINDS)}")
    _known(data, _CHARGE | _KINDS[kind], where)
    when = {
        name: frozenset(_texts(values, f"{where}.when.{name}"))
        for name, values in _mapping(data.get("when", {}), f"{where}.when").items()
    }
    names = dict(_words(data.get("names", {}), f"{where}.names"))
    owner = _text(data, "owner", where) if "owner" in data else "company"
    return Charge(_key(data, where), _how(kind, data, where), names, owner, when)


def _how(kind: str, data: Mapping[str, Any], where: str) -> How:
    def table(name: str, *, many: bool = False) -> Table:
        return _table(data.get(name), f"{where}.{name}", many=many)

    match kind:
        case "fixed":
            return Fixed(table("amount"), _one_of(data, "per", ("bill", "month", "day"), where))
        case "per_unit":
            return PerUnit(str(data.get("quantity", USAGE)), table("price"))
        case "tiered":
            return Tiered(
                str(data.get("quantity", USAGE)),
                table("starts", many=True),
                table("prices", many=True),
                _one_of(data, "period", ("bill", "month", "year"), where),
                _one_of(data, "start_is", ("threshold", "first_unit"), where),
                _rounding(data, where),
            )
        case "reckoned":
            return Reckoned(table("amount"))
        case "share":
            included = data.get("included", False)
            if not isinstance(included, bool):
                raise BadTariff(f"{where}.included", "true or false is needed")
            return Share(_of(data, where), table("rate"), included)
    per = _one_of(data, "per", ("bill", "month", "day"), where)
    return AtLeast(_of(data, where), table("amount"), per)


def _of(data: Mapping[str, Any], where: str) -> tuple[str, ...]:
    return tuple(_texts(data.get("of"), f"{where}.of"))


def _table(data: Any, where: str, *, many: bool = False) -> Table:
    if not (isinstance(data, Mapping) and "by" in data):
        return Table((), {(): _figures(data, where, many=many)})
    _known(data, frozenset({"by", "rows"}), where)
    by = tuple(_texts(data["by"], f"{where}.by"))
    rows: dict[tuple[str, ...], tuple[Formula, ...]] = {}
    for place, row in enumerate(_listed(data.get("rows"), f"{where}.rows", MOST * 100)):
        here = f"{where}.rows[{place}]"
        if not (isinstance(row, Sequence) and not isinstance(row, str) and len(row) == 2):
            raise BadTariff(here, "a list of labels and a figure are needed")
        key = tuple(_texts(row[0], here))
        if len(key) != len(by):
            raise BadTariff(here, f"{len(by)} labels are needed: {', '.join(by)}")
        if key in rows:
            raise BadTariff(here, f"{' and '.join(key)} stands there twice")
        rows[key] = _figures(row[1], here, many=many)
    if not rows or not by:
        raise BadTariff(where, "one label and one row at least are needed")
    return Table(by, rows)


def _figures(data: Any, where: str, *, many: bool) -> tuple[Formula, ...]:
    if not many:
        return (_figure(data, where),)
    figures = _listed(data, where)
    if not figures:
        raise BadTariff(where, "one figure at least is needed")
    return tuple(_figure(each, f"{where}[{place}]") for place, each in enumerate(figures))


def _figure(data: Any, where: str) -> Formula:
    if isinstance(data, str):
        try:
            return read_formula(data)
        except BadFormula as refusal:
            raise BadTariff(where, str(refusal)) from None
    return Number(_decimal(data, where))


def _decimal(data: Any, where: str) -> Decimal:
    if isinstance(data, Decimal) or (isinstance(data, int) and not isinstance(data, bool)):
        return Decimal(data)
    if isinstance(data, str):
        formula = _figure(data, where)
        if isinstance(formula, Number):
            return formula.value
    raise BadTariff(where, f"{data!r}: a decimal number is needed, as text or whole")


def _rounding(data: Mapping[str, Any], where: str) -> Rounding | None:
    if "digits" not in data:
        return None
    digits = data["digits"]
    if isinstance(digits, bool) or not isinstance(digits, int) or digits not in DIGITS:
        raise BadTariff(f"{where}.digits", f"{digits!r}: a whole number from -3 to 6 is needed")
    return Rounding(digits, _one_of(data, "way", ("half_up", "down", "up"), where))


def _one_of(data: Mapping[str, Any], name: str, known: Sequence[str], where: str) -> Any:
    value = data.get(name, known[0])
    if value not in known:
        raise BadTariff(f"{where}.{name}", f"{value!r} is none of {', '.join(known)}")
    return value


def _key(data: Mapping[str, Any], where: str) -> str:
    key = _text(data, "key", where)
    if not KEY.fullmatch(key):
        raise BadTariff(f"{where}.key", f"{key!r}: a letter, then letters, digits and _")
    return key


def _text(data: Mapping[str, Any], name: str, where: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadTariff(f"{where}.{name}", "a text is needed")
    return value


def _texts(data: Any, where: str) -> list[str]:
    values = _listed(data, where)
    if not values or not all(isinstance(each, str) for each in values):
        raise BadTariff(where, "a list of texts is needed")
    return list(values)


def _words(data: Any, where: str) -> Mapping[str, str]:
    words = _mapping(data, where)
    if not all(isinstance(each, str) for each in words.values()):
        raise BadTariff(where, "texts are needed")
    return words


def _listed(data: Any, where: str, most: int = MOST) -> Sequence[Any]:
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise BadTariff(where, "a list is needed")
    if len(data) > most:
        raise BadTariff(where, f"{len(data)} entries; {most} are the most")
    return data


def _mapping(data: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
        raise BadTariff(where, "a table of names is needed")
    return data


def _known(data: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    for name in data:
        if name not in known:
            raise BadTariff(f"{where}.{name}", f"is not known; known are {', '.join(sorted(known))}")


def _check(tariff: Tariff) -> None:
    reckoned: set[str] = set()
    for place, quantity in enumerate(tariff.quantities):
        where = f"quantities[{place}]"
        later = {each.key for each in tariff.quantities[place:]}
        if quantity.key in reckoned:
            raise BadTariff(f"{where}.key", f"{quantity.key} stands there twice")
        for name in sorted(quantity.value.names() & later):
            raise BadTariff(f"{where}.value", f"{name} is reckoned only later")
        reckoned.add(quantity.key)
    before: set[str] = set()
    for place, charge in enumerate(tariff.charges):
        where = f"charges[{place}]"
        if charge.key in before:
            raise BadTariff(f"{where}.key", f"{charge.key} stands there twice")
        if isinstance(charge.how, Share | AtLeast):
            for name in charge.how.of:
                if name not in before:
                    raise BadTariff(f"{where}.of", f"{name} is no charge that stands before")
        if isinstance(charge.how, Tiered):
            _check_tiers(charge.how, where)
        before.add(charge.key)


def _check_tiers(how: Tiered, where: str) -> None:
    """Starts and prices must agree wherever labels lead to both, and no start lies below another
    (two alike leave a tier empty)."""
    for key, row in how.starts.rows.items():
        here = f"{where}.starts" + (f" ({' and '.join(key)})" if key else "")
        first = row[0]
        if not isinstance(first, Number) or first.value not in (0, 1):
            raise BadTariff(here, f"the first tier starts at 0, not {write_formula(first)}")
        if first.value == 1 and how.start_is == "threshold":
            raise BadTariff(here, "thresholds begin with 0, or the first unit would be free")
        for one, two in zip(row, row[1:], strict=False):
            if isinstance(one, Number) and isinstance(two, Number) and one.value > two.value:
                raise BadTariff(here, f"{two.value} lies below {one.value}")
        if how.quantity in frozenset().union(*(names_of(each) for each in row)):
            raise BadTariff(here, f"a start cannot depend on {how.quantity} itself")
        for other, prices in how.prices.rows.items():
            if _meet(how.starts.by, key, how.prices.by, other) and len(prices) != len(row):
                at = f" ({' and '.join(other)})" if other else ""
                raise BadTariff(
                    f"{where}.prices{at}", f"{len(prices)} prices for {len(row)} tiers"
                )


def _meet(
    by: Sequence[str], key: Sequence[str], by_other: Sequence[str], other: Sequence[str]
) -> bool:
    """Whether one row of labels and another can hold for the same bill."""
    mine = dict(zip(by, key, strict=True))
    return all(
        OTHERWISE in (mine.get(name, OTHERWISE), value) or mine[name] == value
        for name, value in zip(by_other, other, strict=True)
    )
