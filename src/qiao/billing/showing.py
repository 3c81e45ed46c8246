"""Words for tariffs: what a charge is by, what its figures mean, what a bill came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from qiao.billing.models import Tariff as Row
from qiao.billing.rules.tariffs.checking import meet
from qiao.billing.rules.tariffs.exact import constant
from qiao.billing.rules.tariffs.explaining import decimal_at
from qiao.billing.rules.tariffs.formulas import (
    Apply,
    Formula,
    Name,
    Number,
    evaluate,
    names_of,
)
from qiao.billing.rules.tariffs.model import (
    DAYS,
    MONTHS,
    OTHERWISE,
    USAGE,
    AtLeast,
    Charge,
    Fixed,
    PerUnit,
    Share,
    Table,
    Tariff,
    Tiered,
)
from qiao.core.rules.money import Money, format_amount
from qiao.core.wording import from_names

UNITS: Final[Mapping[str, str]] = {"m3": "m³", "kwh": "kWh", "kWh": "kWh"}
_INPUTS: Final[Mapping[str, Promise]] = {
    USAGE: pgettext_lazy("tariff", "Use"),
    DAYS: pgettext_lazy("tariff", "Days"),
    MONTHS: pgettext_lazy("tariff", "Months"),
}
_FIXED: Final[Mapping[str, Promise]] = {
    "bill": pgettext_lazy("tariff", "for each bill"),
    "month": pgettext_lazy("tariff", "for each month"),
    "day": pgettext_lazy("tariff", "for each day"),
}
_TIERS: Final[Mapping[str, Promise]] = {
    "bill": gettext_lazy("in tiers that fill with each bill"),
    "month": gettext_lazy("in tiers that fill over a month"),
    "year": gettext_lazy("in tiers that fill over a year"),
}


@dataclass(frozen=True, slots=True)
class Priced:
    """One line of a price list: for what, and what it costs; `note` says how that is reckoned
    where it differs from customer to customer."""

    for_what: str
    price: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChargeWords:
    """A charge in words: its name, whose money it is ("" for the company), how it is charged, and
    its prices."""

    name: str
    owner: str
    how: str
    prices: tuple[Priced, ...]


def money(minor: int, currency: str) -> str:
    """An amount as people read it."""
    amount = format_amount(Money(minor, currency))
    return (
        _("CNY %(amount)s") % {"amount": amount} if currency == "CNY" else f"{amount} {currency}"
    )


def plain(value: Decimal) -> str:
    """A quantity or a price as it is written, with commas, without noughts at the end."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def price(value: Decimal) -> str:
    """A price as it is published: two digits behind the point at least."""
    digits = max(2, -int(value.normalize().as_tuple().exponent))
    return f"{value:,.{digits}f}"


def input_name(row: Row, name: str) -> str:
    """What an input is called."""
    known = row.inputs.get(name)
    return from_names(known["names"], name) if known else str(_INPUTS.get(name, name))


def value_name(row: Row, name: str, value: str) -> str:
    """What a value of an input is called."""
    if value == OTHERWISE:
        return _("all others")
    known = row.inputs.get(name, {}).get("values", {}).get(value, {})
    return from_names(known, value)


def charge_words(row: Row, tariff: Tariff, charge: Charge) -> ChargeWords:
    """A charge as a price list has it."""
    return ChargeWords(
        *charge_head(row, tariff, charge), prices=tuple(_prices(row, tariff, charge))
    )


def charge_head(row: Row, tariff: Tariff, charge: Charge) -> tuple[str, str, str]:
    """The name of a charge, whose money it is ("" for the company), and how it is charged."""
    owner = from_names(row.owners.get(charge.owner, {}), charge.owner)
    return (
        from_names(charge.names, charge.key),
        "" if charge.owner == "company" else owner,
        _how(row, tariff, charge),
    )


def _how(row: Row, tariff: Tariff, charge: Charge) -> str:
    match charge.how:
        case Tiered() as how:
            return str(_TIERS[how.period])
        case PerUnit(quantity):
            unit = UNITS.get(tariff.unit, tariff.unit)
            if quantity == USAGE:
                return _("for each %(unit)s") % {"unit": unit}
            return _("for each unit of: %(formula)s") % {
                "formula": _formula_of(row, tariff, quantity)
            }
        case Fixed(_amount, per):
            return str(_FIXED[per])
        case Share(of, _rate, included):
            names = [from_names(each.names, each.key) for each in tariff.charges if each.key in of]
            listed = pgettext("between items of a list", ", ").join(names)
            if included:
                return _("contained in: %(charges)s") % {"charges": listed}
            return _("on: %(charges)s") % {"charges": listed}
        case AtLeast(_of, _amount, per):
            return _("at least, %(per)s") % {"per": _FIXED[per]}
    return _("by a formula")


def _formula_of(row: Row, tariff: Tariff, quantity: str) -> str:
    return formula_words(row, _spelled(tariff, Name(quantity)))


def _spelled(tariff: Tariff, formula: Formula) -> Formula:
    """A formula without quantities that are formulas themselves: these have names for machines
    alone."""
    match formula:
        case Name(name):
            found = next((each for each in tariff.quantities if each.key == name), None)
            if found is None or found.value.by:
                return formula
            return _spelled(tariff, found.value.rows[()][0])
        case Apply(sign, parts):
            return Apply(sign, tuple(_spelled(tariff, part) for part in parts))
    return formula


def formula_words(row: Row, formula: Formula) -> str:
    """A formula with the names that inputs have on screen."""
    match formula:
        case Number(value):
            return plain(value)
        case Name(name):
            return input_name(row, name)
        case Apply("max", (one, two)):
            return _("the greater of %(one)s and %(two)s") % _two(row, one, two)
        case Apply("min", (one, two)):
            return _("the lesser of %(one)s and %(two)s") % _two(row, one, two)
        case Apply("-", (one,)):
            return f"−{formula_words(row, one)}"
        case Apply(sign, parts):
            shown = {"*": " × ", "/": " ÷ ", "-": " − ", "+": " + "}.get(sign, f" {sign} ")
            return shown.join(_inner(row, part, sign) for part in parts)


def _two(row: Row, one: Formula, two: Formula) -> dict[str, str]:
    return {"one": formula_words(row, one), "two": formula_words(row, two)}


def _inner(row: Row, part: Formula, sign: str) -> str:
    words = formula_words(row, part)
    is_sum = isinstance(part, Apply) and (part.sign in "+-" or part.sign in ("max", "min"))
    return f"({words})" if is_sum and sign != "+" else words


def _prices(row: Row, tariff: Tariff, charge: Charge) -> list[Priced]:
    match charge.how:
        case Tiered() as how:
            return _tiers(row, tariff, how)
        case Share() as how:
            return _rows(row, tariff, how.rate, percent=True)
        case PerUnit() as how:
            return _rows(row, tariff, how.price)
    return _rows(row, tariff, charge.how.amount)


def _rows(row: Row, tariff: Tariff, table: Table, *, percent: bool = False) -> list[Priced]:
    return [
        Priced(_labels(row, table, key), *_figure(row, tariff, found[0], percent=percent))
        for key, found in table.rows.items()
    ]


def _figure(row: Row, tariff: Tariff, formula: Formula, *, percent: bool) -> tuple[str, str]:
    """A price, and the formula where it is reckoned by one."""
    if not isinstance(formula, Number):
        return _("by a formula"), formula_words(row, _spelled(tariff, formula))
    return f"{plain(formula.value * 100)} %" if percent else price(formula.value), ""


def _labels(row: Row, table: Table, key: tuple[str, ...]) -> str:
    named = (
        f"{input_name(row, name)} {value_name(row, name, value)}"
        for name, value in zip(table.by, key, strict=True)
    )
    return " · ".join(named)


def _tiers(row: Row, tariff: Tariff, how: Tiered) -> list[Priced]:
    """Tier by tier; where starts or prices depend on labels, each of their rows in turn."""
    found = []
    for key, starts in how.starts.rows.items():
        for other, prices in how.prices.rows.items():
            if not meet(how.starts, key, how.prices, other):
                continue
            labels = " · ".join(
                each for each in (_labels(row, how.starts, key), _labels(row, how.prices, other))
                if each
            )  # fmt: skip
            for number, (start, cost) in enumerate(zip(starts, prices, strict=True), 1):
                words, note = _from(row, tariff, start, number, how.start_is)
                shown = f"{labels} · {words}" if labels else words
                figure, formula = _figure(row, tariff, cost, percent=False)
                notes = pgettext("between items of a list", ", ").join(
                    filter(None, (note, formula))
                )
                found.append(Priced(shown, figure, notes))
    return found


def _from(row: Row, tariff: Tariff, start: Formula, number: int, start_is: str) -> tuple[str, str]:
    """From where on a tier holds, for the customer whom the tariff takes where nothing is known;
    and how that is reckoned for others."""
    if number == 1:
        return _("tier %(n)d") % {"n": number}, ""
    at = None if isinstance(start, Number) else usual(tariff, start)
    shown = formula_words(row, start) if at is None else plain(at)
    unit = UNITS.get(tariff.unit, tariff.unit)
    facts: dict[str, Any] = {"n": number, "start": shown, "unit": unit}
    if start_is == "first_unit":
        words = _("tier %(n)d, from the unit %(start)s on") % facts
    else:
        words = _("tier %(n)d, above %(start)s %(unit)s") % facts
    if at is None:
        return words, ""
    taken = pgettext("between items of a list", ", ").join(
        f"{input_name(row, name)} {plain(Decimal(tariff.numbers[name]))}"
        for name in sorted(names_of(start))
    )
    whole = pgettext("tariff", "%(words)s (%(taken)s)") % {"words": words, "taken": taken}
    return whole, _("reckoned as %(formula)s") % {"formula": formula_words(row, start)}


def usual(tariff: Tariff, formula: Formula) -> Decimal | None:
    """A formula with what the tariff takes where nothing is known; None where it takes nothing."""
    names = names_of(formula)
    if not names <= tariff.numbers.keys():
        return None
    known = {name: constant(tariff.numbers[name], 1) for name in names}
    return decimal_at(evaluate(formula, known, 1), 0)
