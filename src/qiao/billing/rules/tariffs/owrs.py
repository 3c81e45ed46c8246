"""Tariffs in the Open Water Rate Specification, as tariffs of ours.

What the format leaves open is decided here and stands on each tariff that is read:

- A start of a tier is its first unit, as the format's description says in its example of tiers
  (15: the fifteenth unit is the first of the tier); `start_is="threshold"` reads it as fifteen
  below.
- Where tiers are parts of a budget, starts are thresholds: 100 % ends where the budget does.
- Indoor and outdoor parts of a budget, the budget, and starts in per cent of it are rounded half
  up to whole units, each for itself.
- What is called a drought surcharge and not named in ``bill`` is charged where the label `drought`
  is ``on``; it adds to the charges of the same kind, or replaces them with `surcharge="replaces"`.
- Lines are rounded to the cent, and a factor over a sum of lines is a line of its own.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

from qiao.billing.rules.tariffs.checking import BadTariff
from qiao.billing.rules.tariffs.formulas import (
    Apply,
    BadFormula,
    Formula,
    Name,
    Number,
    names_of,
    read_formula,
)
from qiao.billing.rules.tariffs.model import (
    DAYS,
    USAGE,
    Charge,
    Fixed,
    How,
    PerUnit,
    Quantity,
    Reckoned,
    Rounding,
    Share,
    StartIs,
    Table,
    Tariff,
    Tiered,
)
from qiao.billing.rules.tariffs.reading import read_tariff
from qiao.billing.rules.tariffs.writing import write_tariff

CURRENCY: Final = "USD"
DROUGHT: Final = "drought"
MONTHS_OF: Final = {
    "monthly": 1, "bimonthly": 2, "bi-monthly": 2, "quarterly": 3, "semi-annual": 6, "annual": 12,
}  # fmt: skip
WHOLE: Final = Rounding(0)
_TIERS: Final = frozenset({"Tiered", "Budget"})
_OWN: Final = {"usage_ccf": USAGE, "usage_kgal": USAGE, "days_in_period": DAYS}
_PERCENT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_FRACTION: Final = re.compile(r"\d+/\d+\"?")
_SIZE: Final = re.compile(r"(\d+)\s*[|_ ]\s*(\d+/\d+\"?)")
_KINDS: Final = ("commodity", "drought", "wastewater")
Surcharge = Literal["adds", "replaces"]


class NotExpressed(ValueError):  # noqa: N818 - a finding about data
    """A class of customers whose tariff the file does not say; the message tells why."""


@dataclass(frozen=True, slots=True)
class OwrsFile:
    """One file: whose tariff, from when, for bills of how many months, in which unit; a tariff for
    each class of customers, or the reason why there is none."""

    utility: str
    effective: date
    months: int
    unit: str
    tariffs: Mapping[str, Tariff]
    refused: Mapping[str, str] = field(default_factory=dict)


def read_owrs(
    data: Any, *, start_is: StartIs = "first_unit", surcharge: Surcharge = "adds"
) -> OwrsFile:
    """Read a file whose YAML has been read with every scalar as text.

    Raises `NotExpressed` where the file as a whole cannot be read.
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("metadata"), Mapping):
        raise NotExpressed("metadata: is missing")
    classes = data.get("rate_structure")
    if not isinstance(classes, Mapping) or not classes:
        raise NotExpressed("rate_structure: is missing")
    about = data["metadata"]
    often = str(about.get("bill_frequency", "")).strip().lower()
    if often not in MONTHS_OF:
        raise NotExpressed(f"bill_frequency: {often!r} is none of {', '.join(MONTHS_OF)}")
    unit = str(about.get("bill_unit") or "ccf").strip()
    tariffs: dict[str, Tariff] = {}
    refused: dict[str, str] = {
        str(key): "stands beside rate_structure, not in it"
        for key in data
        if str(key).isupper() and key not in classes
    }
    for name, parts in classes.items():
        try:
            tariffs[str(name)] = _Class(parts, unit, start_is, surcharge).tariff()
        except (NotExpressed, BadTariff) as refusal:
            refused[str(name)] = str(refusal)
    return OwrsFile(
        str(about.get("utility_name", "")).strip(), _date(about.get("effective_date")),
        MONTHS_OF[often], unit, tariffs, refused,
    )  # fmt: skip


def label(value: str) -> str:
    """A label as it is compared: sizes of meters are written in several ways, ``1|1/2"`` too."""
    return _SIZE.sub(r"\1 \2", value.strip())


def _date(written: Any) -> date:
    text = str(written or "").strip()
    for shape in ("%Y-%m-%d", "%m/%d/%Y", "%m-%d-%Y"):
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    raise NotExpressed(f"effective_date: {text!r} is no date")


class _Class:
    """One class of customers while it is read."""

    def __init__(self, parts: Any, unit: str, start_is: StartIs, surcharge: Surcharge) -> None:
        if not isinstance(parts, Mapping):
            raise NotExpressed("has no parts")
        self.parts: dict[str, Any] = {str(key).strip(): value for key, value in parts.items()}
        self.unit, self.start_is, self.surcharge = unit, start_is, surcharge
        self.quantities: dict[str, Quantity] = {}
        self.open: list[str] = []

    def tariff(self) -> Tariff:
        charges = self._billed()
        drought = self._drought({charge.key for charge in charges})
        if drought and self.surcharge == "replaces":
            replaced = {"fixed": "service_charge", "variable": "commodity_charge"}
            gone = {replaced[charge.key.split("_")[0]] for charge in drought}
            charges = [
                replace(charge, when={DROUGHT: frozenset({"none"})})
                if charge.key in gone else charge
                for charge in charges
            ]  # fmt: skip
        shares = [charge for charge in charges if isinstance(charge.how, Share)]
        plain = [charge for charge in charges if not isinstance(charge.how, Share)]
        defaults = {DROUGHT: "none"} if drought else {}
        found = Tariff(
            CURRENCY, self.unit, (*plain, *drought, *shares), tuple(self.quantities.values()),
            defaults,
        )  # fmt: skip
        return read_tariff(write_tariff(found))

    def _billed(self) -> list[Charge]:
        formula = self._formula_at("bill")
        factor, terms = _sum_of(formula)
        charges = [Charge(term, self._how(term)) for term in terms]
        if factor != 1:
            rate = Table((), {(): (Number(factor - 1),)})
            charges.append(Charge("surcharge_on_all", Share(tuple(terms), rate)))
        return charges

    def _drought(self, billed: Iterable[str]) -> list[Charge]:
        found = []
        for name in ("fixed_drought_surcharge", "variable_drought_surcharge"):
            if name in billed or _is_nothing(self.parts.get(name)):
                continue
            found.append(Charge(name, self._how(name), when={DROUGHT: frozenset({"on"})}))
        return found

    def _formula_at(self, name: str) -> Formula:
        written = self.parts.get(name)
        if not isinstance(written, str) or not written.strip():
            raise NotExpressed(f"{name}: is missing")
        return _formula(written, name)

    def _how(self, name: str) -> How:
        part = self.parts.get(name)
        kind = next((each for each in _KINDS if each in name), "")
        if part is None or part == "":
            raise NotExpressed(f"{name}: is named in bill, and not said what it is")
        if isinstance(part, str) and part.strip() in _TIERS:
            return self._tiered(name, kind, is_budget=part.strip() == "Budget")
        if not isinstance(part, str):
            table = self._table(part, name, kind)
            return Fixed(table) if _is_plain(table) else Reckoned(table)
        formula = _formula(part, name)
        if isinstance(formula, Number):
            return Fixed(Table((), {(): (formula,)}))
        unit_price = self._unit_price(formula, kind)
        if unit_price is not None:
            return PerUnit(USAGE, unit_price)
        return Reckoned(Table((), {(): (self._resolved(formula, name, kind),)}))

    def _unit_price(self, formula: Formula, kind: str) -> Table | None:
        """The price where a formula is a price times the use."""
        match formula:
            case Apply("*", (price, Name(used))) if _OWN.get(used) == USAGE:
                pass
            case Apply("*", (Name(used), price)) if _OWN.get(used) == USAGE:
                pass
            case _:
                return None
        if isinstance(price, Number):
            return Table((), {(): (price,)})
        if isinstance(price, Name):
            key = self._find(price.name, kind)
            part = self.parts.get(key) if key else None
            if isinstance(part, Mapping):
                return self._table(part, key or "", kind)
            if isinstance(part, str):
                figure = _formula(part, key or "")
                return Table((), {(): (figure,)}) if isinstance(figure, Number) else None
        return None

    def _tiered(self, name: str, kind: str, *, is_budget: bool) -> Tiered:
        starts, prices = (self._find(f"tier_{what}", kind) for what in ("starts", "prices"))
        if starts is None or prices is None:
            missing = "tier_starts" if starts is None else "tier_prices"
            raise NotExpressed(f"{name}: is in tiers, and {missing} is missing")
        if is_budget:
            self._budget(kind)
        table = self._table(self.parts[starts], starts, kind, many=True, is_start=True)
        rounded = WHOLE if is_budget else None
        return Tiered(
            USAGE,
            table,
            self._table(self.parts[prices], prices, kind, many=True),
            start_is="threshold" if is_budget else self.start_is,
            rounding=rounded,
        )

    def _budget(self, kind: str) -> None:
        """The budget and its parts, rounded; what the file does not reckon is an input."""
        for name in ("indoor", "outdoor", "budget"):
            if self._find(name, kind) is not None:
                self._quantity(name, kind)

    def _find(self, name: str, kind: str) -> str | None:
        """Where a name stands: with the kind of its charge behind it, or as it is."""
        for key in (f"{name}_{kind}", name):
            if kind and key in self.parts:
                return key
        return name if name in self.parts else None

    def _table(
        self, part: Any, name: str, kind: str, *, many: bool = False, is_start: bool = False
    ) -> Table:
        if not isinstance(part, Mapping):
            return Table((), {(): self._figures(part, name, kind, many=many, is_start=is_start)})
        by, values = part.get("depends_on"), part.get("values")
        names = (by,) if isinstance(by, str) else tuple(by or ())
        if not names or not isinstance(values, Mapping) or not values:
            raise NotExpressed(f"{name}: depends_on or values is missing")
        reckoned = _names_in(values.values())  # a number that figures are reckoned from, no label
        names = tuple(each for each in names if each not in reckoned)
        rows = {}
        for key, figures in values.items():
            labels = _labels(str(key), len(names), name)
            if labels in rows:
                raise NotExpressed(f"{name}: {' and '.join(labels)} stands there twice")
            rows[labels] = self._figures(
                figures, f"{name} ({key})", kind, many=many, is_start=is_start
            )
        return Table(tuple(str(each) for each in names), rows)

    def _figures(
        self, part: Any, name: str, kind: str, *, many: bool, is_start: bool
    ) -> tuple[Formula, ...]:
        if part is None or part == "":
            raise NotExpressed(f"{name}: has no value")
        if many and isinstance(part, Sequence) and not isinstance(part, str):
            return tuple(self._figure(each, name, kind, is_start=is_start) for each in part)
        if isinstance(part, Sequence) and not isinstance(part, str) and len(part) == 1:
            part = part[0]
        if not isinstance(part, str):
            raise NotExpressed(f"{name}: one figure is needed, not several")
        return (self._figure(part, name, kind, is_start=is_start),)

    def _figure(self, part: Any, name: str, kind: str, *, is_start: bool) -> Formula:
        if not isinstance(part, str) or not part.strip():
            raise NotExpressed(f"{name}: a figure is missing")
        percent = _PERCENT.fullmatch(part.strip())
        if percent and is_start:
            if "budget" not in self.quantities:
                raise NotExpressed(
                    f"{name}: {part.strip()} of a budget that the file does not say"
                )
            share = Number(Decimal(percent[1]) / 100)
            return Apply("*", (share, Name("budget")))
        return self._resolved(_formula(part, name), name, kind)

    def _resolved(self, formula: Formula, name: str, kind: str) -> Formula:
        """The formula with our names, after what it names has become a quantity."""
        match formula:
            case Name(used):
                return Name(self._quantity(used, kind))
            case Apply(sign, parts):
                return Apply(sign, tuple(self._resolved(part, name, kind) for part in parts))
        return formula

    def _quantity(self, used: str, kind: str) -> str:
        """The name of a quantity or of an input."""
        key = self._find(used, kind)
        if key is None:
            return _OWN.get(used, used)
        if used in self.quantities:
            return used
        if used in self.open:
            raise NotExpressed(f"{used}: is reckoned from itself")
        part = self.parts[key]
        if isinstance(part, str) and part.strip() in _TIERS:
            raise NotExpressed(f"{key}: is in tiers, and used in a formula")
        self.open.append(used)
        table = self._table(part, key, kind)
        self.open.pop()
        rounded = WHOLE if used in ("indoor", "outdoor") or "budget" in used else None
        self.quantities[used] = Quantity(used, table, rounded)
        return used


def _formula(written: str, name: str) -> Formula:
    try:
        return read_formula(written)
    except BadFormula as refusal:
        raise NotExpressed(f"{name}: {refusal}") from None


def _names_in(figures: Iterable[Any]) -> frozenset[str]:
    found: set[str] = set()
    for figure in figures:
        try:
            found |= names_of(read_formula(figure)) if isinstance(figure, str) else set()
        except BadFormula:
            continue  # told where the figure is read
    return frozenset(found)


def _labels(key: str, count: int, name: str) -> tuple[str, ...]:
    """The labels of one row; a fraction behind a bar belongs to the whole number before."""
    if count == 1:
        return (label(key),)
    parts: list[str] = []
    for part in key.split("|"):
        if parts and _FRACTION.fullmatch(part.strip()) and parts[-1].strip().isdigit():
            parts[-1] += f"|{part}"
        else:
            parts.append(part)
    if len(parts) != count:
        raise NotExpressed(f"{name}: {key!r} are not {count} labels")
    return tuple(label(part) for part in parts)


def _sum_of(formula: Formula) -> tuple[Decimal, list[str]]:
    """A bill as a factor and the lines it is the sum of."""
    match formula:
        case Apply("*", (Number(factor), rest)) | Apply("*", (rest, Number(factor))):
            inner, terms = _sum_of(rest)
            return factor * inner, terms
        case Name(name):
            return Decimal(1), [name]
        case Apply("+", parts):
            terms = []
            for part in parts:
                factor, found = _sum_of(part)
                if factor != 1:
                    raise NotExpressed("bill: a factor over a part of the sum")
                terms += found
            return Decimal(1), terms
    raise NotExpressed(f"bill: a sum of charges is needed, names {', '.join(names_of(formula))}")


def _is_plain(table: Table) -> bool:
    return all(isinstance(figure, Number) for row in table.rows.values() for figure in row)


def _is_nothing(part: Any) -> bool:
    return part is None or (isinstance(part, str) and part.strip() in ("", "0", "0.0", "0.00"))
