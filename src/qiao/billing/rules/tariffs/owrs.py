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
    Formula,
    Name,
    Number,
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
from qiao.billing.rules.tariffs.owrs_parts import (
    NotExpressed,
    formula_of,
    in_words_of_the_file,
    is_nothing,
    is_plain,
    labels_of,
    names_in,
    sum_of,
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
_KINDS: Final = ("commodity", "drought", "wastewater")
Surcharge = Literal["adds", "replaces"]


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
        except NotExpressed as refusal:
            refused[str(name)] = str(refusal)
    return OwrsFile(
        str(about.get("utility_name", "")).strip(), _date(about.get("effective_date")),
        MONTHS_OF[often], unit, tariffs, refused,
    )  # fmt: skip


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
        try:
            return read_tariff(write_tariff(found))
        except BadTariff as refusal:
            raise NotExpressed(in_words_of_the_file(refusal, found)) from None

    def _billed(self) -> list[Charge]:
        formula = self._formula_at("bill")
        factor, terms = sum_of(formula)
        charges = [Charge(term, self._how(term)) for term in terms]
        if factor != 1:
            rate = Table((), {(): (Number(factor - 1),)})
            charges.append(Charge("surcharge_on_all", Share(tuple(terms), rate)))
        return charges

    def _drought(self, billed: Iterable[str]) -> list[Charge]:
        found = []
        for name in ("fixed_drought_surcharge", "variable_drought_surcharge"):
            if name in billed or is_nothing(self.parts.get(name)):
                continue
            found.append(Charge(name, self._how(name), when={DROUGHT: frozenset({"on"})}))
        return found

    def _formula_at(self, name: str) -> Formula:
        written = self.parts.get(name)
        if not isinstance(written, str) or not written.strip():
            raise NotExpressed(f"{name}: is missing")
        return formula_of(written, name)

    def _how(self, name: str) -> How:
        part = self.parts.get(name)
        kind = next((each for each in _KINDS if each in name), "")
        if part is None or part == "":
            raise NotExpressed(f"{name}: is named in bill, and not said what it is")
        if isinstance(part, str) and part.strip() in _TIERS:
            return self._tiered(name, kind, is_budget=part.strip() == "Budget")
        if not isinstance(part, str):
            table = self._table(part, name, kind)
            return Fixed(table) if is_plain(table) else Reckoned(table)
        formula = formula_of(part, name)
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
                figure = formula_of(part, key or "")
                return Table((), {(): (figure,)}) if isinstance(figure, Number) else None
        return None

    def _tiered(self, name: str, kind: str, *, is_budget: bool) -> Tiered:
        starts, prices = (self._find(f"tier_{what}", kind) for what in ("starts", "prices"))
        if starts is None or prices is None:
            missing = "tier_starts" if starts is None else "tier_prices"
            raise NotExpressed(f"{name}: is in tiers, and {missing} is missing")
        if is_budget:
            self._budget(kind)
        table = self._table(self.parts[starts], starts, kind, many=True, of_budget=is_budget)
        return Tiered(
            USAGE,
            table,
            self._table(self.parts[prices], prices, kind, many=True),
            start_is="threshold" if is_budget else self.start_is,
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
        self, part: Any, name: str, kind: str, *, many: bool = False, of_budget: bool = False
    ) -> Table:
        if not isinstance(part, Mapping):
            return Table((), {(): self._figures(part, name, kind, many=many, of_budget=of_budget)})
        by, values = part.get("depends_on"), part.get("values")
        names = (by,) if isinstance(by, str) else tuple(by or ())
        if not names or not isinstance(values, Mapping) or not values:
            raise NotExpressed(f"{name}: depends_on or values is missing")
        reckoned = names_in(values.values())  # a number that figures are reckoned from, no label
        names = tuple(each for each in names if each not in reckoned)
        rows = {}
        for key, figures in values.items():
            labels = labels_of(str(key), len(names), name)
            if labels in rows:
                raise NotExpressed(f"{name}: {' and '.join(labels)} stands there twice")
            rows[labels] = self._figures(
                figures, f"{name} ({key})", kind, many=many, of_budget=of_budget
            )
        return Table(tuple(str(each) for each in names), rows)

    def _figures(
        self, part: Any, name: str, kind: str, *, many: bool, of_budget: bool
    ) -> tuple[Formula, ...]:
        if part is None or part == "":
            raise NotExpressed(f"{name}: has no value")
        if many and isinstance(part, Sequence) and not isinstance(part, str):
            return tuple(self._figure(each, name, kind, of_budget=of_budget) for each in part)
        if isinstance(part, Sequence) and not isinstance(part, str) and len(part) == 1:
            part = part[0]
        if not isinstance(part, str):
            raise NotExpressed(f"{name}: one figure is needed, not several")
        return (self._figure(part, name, kind, of_budget=of_budget),)

    def _figure(self, part: Any, name: str, kind: str, *, of_budget: bool) -> Formula:
        if not isinstance(part, str) or not part.strip():
            raise NotExpressed(f"{name}: a figure is missing")
        percent = _PERCENT.fullmatch(part.strip())
        if percent and of_budget:
            return Name(self._share_of_budget(percent[1], name, kind))
        return self._resolved(formula_of(part, name), name, kind)

    def _resolved(self, formula: Formula, name: str, kind: str) -> Formula:
        """The formula with our names, after what it names has become a quantity."""
        match formula:
            case Name(used):
                return Name(self._quantity(used, kind))
            case Apply(sign, parts):
                return Apply(sign, tuple(self._resolved(part, name, kind) for part in parts))
        return formula

    def _share_of_budget(self, percent: str, name: str, kind: str) -> str:
        """The name of a start in per cent of the budget, in whole units."""
        budget = self._find("budget", kind)
        if budget is None:
            raise NotExpressed(f"{name}: {percent}% of a budget that the file does not say")
        key = f"{self._quantity('budget', kind)}_{percent.replace('.', '_')}_percent"
        share = Apply("*", (Number(Decimal(percent) / 100), Name(budget)))
        self.quantities[key] = Quantity(key, Table((), {(): (share,)}), WHOLE)
        return key

    def _quantity(self, used: str, kind: str) -> str:
        """The name of a quantity or of an input."""
        key = self._find(used, kind)
        if key is None:
            return _OWN.get(used, used)
        if key in self.quantities:
            return key
        if key in self.open:
            raise NotExpressed(f"{key}: is reckoned from itself")
        part = self.parts[key]
        if isinstance(part, str) and part.strip() in _TIERS:
            raise NotExpressed(f"{key}: is in tiers, and used in a formula")
        self.open.append(key)
        table = self._table(part, key, kind)
        self.open.pop()
        part_of_budget = key.removesuffix(f"_{kind}") in ("indoor", "outdoor")
        rounded = WHOLE if part_of_budget or "budget" in key else None
        self.quantities[key] = Quantity(key, table, rounded)
        return key
