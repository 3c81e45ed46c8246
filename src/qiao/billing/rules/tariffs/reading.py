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

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from qiao.billing.rules.tariffs.checking import BadTariff, check
from qiao.billing.rules.tariffs.formulas import (
    BadFormula,
    Formula,
    Number,
    read_formula,
)
from qiao.billing.rules.tariffs.model import (
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
    "tiered": frozenset({"quantity", "starts", "prices", "period", "start_is", "digits", "way"}),
    "reckoned": frozenset({"amount"}),
    "share": frozenset({"of", "rate", "included"}),
    "at_least": frozenset({"of", "amount", "per"}),
}


def read_tariff(data: Any) -> Tariff:
    """Read a tariff and check that it hangs together. Raises `BadTariff`."""
    data = _mapping(data, "tariff")
    _known(data, _TARIFF, "")
    currency = _text(data, "currency", "")
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
        _text(data, "unit", ""),
        charges,
        quantities,
        dict(_words(data.get("defaults", {}), "defaults")),
        {key: str(_decimal(each, f"numbers.{key}"))
         for key, each in _mapping(data.get("numbers", {}), "numbers").items()},
    )  # fmt: skip
    check(tariff)
    return tariff


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

    quantity = _text(data, "quantity", where) if "quantity" in data else USAGE
    match kind:
        case "fixed":
            return Fixed(table("amount"), _one_of(data, "per", ("bill", "month", "day"), where))
        case "per_unit":
            return PerUnit(quantity, table("price"))
        case "tiered":
            return Tiered(
                quantity,
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
    of = tuple(_texts(data.get("of"), f"{where}.of"))
    _once(of, f"{where}.of")
    return of


def _table(data: Any, where: str, *, many: bool = False) -> Table:
    if not (isinstance(data, Mapping) and "by" in data):
        return Table((), {(): _figures(data, where, many=many)})
    _known(data, frozenset({"by", "rows"}), where)
    by = tuple(_texts(data["by"], f"{where}.by"))
    _once(by, f"{where}.by")
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
    if not rows:
        raise BadTariff(f"{where}.rows", "one row at least is needed")
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
        try:
            return Number(Decimal(data)).value
        except BadFormula as refusal:
            raise BadTariff(where, str(refusal)) from None
    if isinstance(data, str):
        formula = _figure(data, where)
        if isinstance(formula, Number):
            return formula.value
    raise BadTariff(where, f"{data!r}: a decimal number is needed, as text or whole")


def _rounding(data: Mapping[str, Any], where: str) -> Rounding | None:
    if "digits" not in data:
        if "way" in data:
            raise BadTariff(f"{where}.way", "digits are needed too")
        return None
    digits = data["digits"]
    if isinstance(digits, bool) or not isinstance(digits, int) or digits not in DIGITS:
        raise BadTariff(f"{where}.digits", f"{digits!r}: a whole number from -3 to 6 is needed")
    return Rounding(digits, _one_of(data, "way", ("half_up", "down", "up"), where))


def _one_of(data: Mapping[str, Any], name: str, known: Sequence[str], where: str) -> Any:
    value = data.get(name, known[0])
    if value not in known:
        raise BadTariff(_at(where, name), f"{value!r} is none of {', '.join(known)}")
    return value


def _key(data: Mapping[str, Any], where: str) -> str:
    key = _text(data, "key", where)
    if not KEY.fullmatch(key):
        raise BadTariff(f"{where}.key", f"{key!r}: a letter, then letters, digits and _")
    return key


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _once(names: Sequence[str], where: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise BadTariff(where, f"{name} stands there twice")


def _text(data: Mapping[str, Any], name: str, where: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadTariff(_at(where, name), "a text is needed")
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
            raise BadTariff(
                _at(where, name), f"is not known; known are {', '.join(sorted(known))}"
            )
