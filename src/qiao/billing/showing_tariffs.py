"""Words for changes of tariffs: figures and where they stand, what differs, what is asked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from qiao.billing import showing
from qiao.billing.models import Tariff as Row
from qiao.billing.rules.tariffs.cells import (
    PERCENT,
    Cell,
    CellFault,
    Figure,
    cells_of,
    floors_of,
    replaced,
)
from qiao.billing.rules.tariffs.changing import FigureChange, MakeChange
from qiao.billing.rules.tariffs.formulas import Apply, Formula, Name, Number
from qiao.core.wording import from_names

KINDS: Final[Mapping[str, Promise]] = {
    "start": pgettext_lazy("figure of a tariff", "starts above"),
    "price": pgettext_lazy("figure of a tariff", "price"),
    "amount": pgettext_lazy("figure of a tariff", "amount"),
    "rate": pgettext_lazy("figure of a tariff", "share"),
    "value": pgettext_lazy("figure of a tariff", "reckoned as"),
    "number": pgettext_lazy("figure of a tariff", "taken where nothing is known"),
}
FAULTS: Final[Mapping[CellFault, Promise]] = {
    CellFault.NO_NUMBER: gettext_lazy("This is no number. Write it as 2.85."),
    CellFault.BELOW_NOTHING: gettext_lazy("This may not lie below nothing."),
    CellFault.OUT_OF_ORDER: gettext_lazy("The tier starts below the one before it."),
    CellFault.WHOLE: gettext_lazy("A tax that is contained lies below 100 %."),
}
MAKES: Final[Mapping[str, Promise]] = {
    "currency": pgettext_lazy("make of a tariff", "Currency"),
    "unit": pgettext_lazy("make of a tariff", "Unit"),
    "defaults": pgettext_lazy("make of a tariff", "Taken where nothing is known"),
    "owner": pgettext_lazy("make of a tariff", "Whose money"),
    "names": pgettext_lazy("make of a tariff", "Name"),
    "when": pgettext_lazy("make of a tariff", "Charged when"),
    "kind": pgettext_lazy("make of a tariff", "Kind"),
    "quantity": pgettext_lazy("make of a tariff", "Quantity"),
    "period": pgettext_lazy("make of a tariff", "Tiers fill over"),
    "start_is": pgettext_lazy("make of a tariff", "Meaning of a start"),
    "per": pgettext_lazy("make of a tariff", "Charged for each"),
    "of": pgettext_lazy("make of a tariff", "Reckoned on"),
    "included": pgettext_lazy("make of a tariff", "Contained in prices"),
    "digits": pgettext_lazy("make of a tariff", "Rounded to digits"),
    "way": pgettext_lazy("make of a tariff", "Way of rounding"),
}
VALUES: Final[Mapping[str, Promise]] = {
    "year": pgettext_lazy("make of a tariff", "a year"),
    "month": pgettext_lazy("make of a tariff", "a month"),
    "day": pgettext_lazy("make of a tariff", "a day"),
    "bill": pgettext_lazy("make of a tariff", "a bill"),
    "threshold": pgettext_lazy("make of a tariff", "what must be passed"),
    "first_unit": pgettext_lazy("make of a tariff", "the first unit of the tier"),
    "half_up": pgettext_lazy("make of a tariff", "half up"),
    "down": pgettext_lazy("make of a tariff", "down"),
    "up": pgettext_lazy("make of a tariff", "up"),
}
_SAID: Final = ("period", "per", "start_is", "way")
_MARK: Final = re.compile(r"\x02(\d+)\x03")


@dataclass(frozen=True, slots=True)
class Changed:
    """A difference of two versions in words; `share` is the change of a number in per cent."""

    label: str
    before: str
    after: str
    share: str = ""


class Names:
    """What the parts and labels of a tariff are called."""

    def __init__(self, row: Row, *definitions: Mapping[str, Any]) -> None:
        self.row = row
        self._charges: dict[str, str] = {}
        self._quantities: dict[str, str] = {}
        for data in definitions:
            users: dict[str, list[str]] = {}
            for charge in data["charges"]:
                name = from_names(charge.get("names"), charge["key"])
                self._charges[charge["key"]] = name
                users.setdefault(charge.get("quantity", ""), []).append(name)
            listed = pgettext("between items of a list", ", ")
            for each in data.get("quantities", ()):
                self._quantities[each["key"]] = listed.join(users.get(each["key"], ()))

    def part(self, key: str) -> str:
        """A charge; a quantity by the charges on it."""
        name = self._charges.get(key) or self._quantities.get(key)
        return name or showing.input_name(self.row, key)

    def part_of(self, figure: Figure) -> str:
        """What a figure belongs to."""
        if figure.kind == "number":
            return showing.input_name(self.row, figure.part)
        if figure.kind == "value":
            return self._quantities.get(figure.part) or figure.part
        return self.part(figure.part)

    def labels(self, labels: Sequence[tuple[str, str]]) -> str:
        """The row of a table."""
        return " · ".join(
            f"{showing.input_name(self.row, name)} {showing.value_name(self.row, name, value)}"
            for name, value in labels
        )

    def figure(self, figure: Figure) -> str:
        """Which figure: charge, row, tier and field."""
        tier = _("tier %(n)d") % {"n": figure.tier} if figure.tier else ""
        words = (
            self.part_of(figure),
            self.labels(figure.labels),
            tier,
            str(KINDS[figure.kind]),
        )
        return " · ".join(each for each in words if each)

    def formula(self, figure: Figure, formula: Formula | None) -> str:
        """What a figure says; nothing where there is none."""
        if formula is None:
            return ""
        if isinstance(formula, Number):
            if figure.kind == "rate":
                return f"{showing.plain(formula.value.scaleb(PERCENT))} %"
            is_price = figure.kind in ("price", "amount")
            return showing.price(formula.value) if is_price else showing.plain(formula.value)
        return "".join(str(each) for each in self._words(formula, {}))

    def pieces(self, figure: Figure) -> list[str | Cell]:
        """A figure as a form shows it: words, and the numbers that can be edited between them."""
        own = {cell.index: cell for cell in cells_of(figure)}
        return self._words(figure.formula, own)

    def _words(self, formula: Formula, cells: Mapping[int, Cell]) -> list[str | Cell]:
        marks = {index: Name(f"\x02{index}\x03") for index in cells}
        # The floor of an allowance is how it is made: its words do not show it.
        floors = floors_of(formula)
        shown = {index: mark for index, mark in marks.items() if index not in floors}
        text = self._allowance(replaced(formula, shown))
        text = text or showing.formula_words(self.row, replaced(formula, marks))
        found: list[str | Cell] = []
        for place, piece in enumerate(_MARK.split(text)):
            if place % 2:
                found.append(cells[int(piece)])
            elif piece.strip():
                found.append(piece.strip() if cells else piece)
        return found

    def _allowance(self, formula: Formula) -> str:
        """An allowance for each person more than some, in words; "" for any other formula."""
        match formula:
            case Apply("+", (base, Apply("*", (each, Apply("max", (one, two)))))):
                nought, beyond = (one, two) if isinstance(one, Number) else (two, one)
            case _:
                return ""
        match nought, beyond:
            case Number(zero), Apply("-", (Name() as who, free)) if not zero:
                row = self.row
            case _:
                return ""
        return _("%(base)s, and %(each)s for each beyond %(free)s (%(who)s)") % {
            "base": showing.formula_words(row, base),
            "each": showing.formula_words(row, each),
            "free": showing.formula_words(row, free),
            "who": showing.input_name(row, who.name),
        }


def share_words(before: Decimal, after: Decimal) -> str:
    """By how much of itself a number changes, with its sign; nothing where it was nothing."""
    if not before or before == after:
        return ""
    share = ((after - before) / abs(before) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    sign = "+" if share > 0 else "−" if share < 0 else ""
    return f"{sign}{showing.plain(abs(share))} %"


def changes_in_words(
    names: Names, figures: Sequence[FigureChange], makes: Sequence[MakeChange]
) -> list[Changed]:
    """All that differs between two versions, in words."""
    shown = [
        Changed(
            names.figure(each.figure),
            names.formula(each.figure, each.before),
            names.formula(each.figure, each.after),
            _share(each),
        )
        for each in figures
    ]
    return [*shown, *(_make(names, each) for each in makes)]


def _share(change: FigureChange) -> str:
    one, two = change.before, change.after
    if isinstance(one, Number) and isinstance(two, Number):
        return share_words(one.value, two.value)
    return ""


def _make(names: Names, change: MakeChange) -> Changed:
    if not change.field:
        there = pgettext("part of a tariff", "there")
        return Changed(
            names.part(change.part),
            there if change.before else "",
            there if change.after else "",
        )
    label = str(MAKES.get(change.field, change.field))
    if change.part:
        label = f"{names.part(change.part)} · {label}"
    one, two = (_plain(names, change, each) for each in (change.before, change.after))
    return Changed(label, one, two)


def _plain(names: Names, change: MakeChange, value: Any) -> str:
    """Data in short."""
    listed = pgettext("between items of a list", ", ")
    match value:
        case None:
            return ""
        case bool():
            return _("yes") if value else _("no")
        case Mapping() if change.field == "names":
            return from_names(value)
        case Mapping():
            return listed.join(
                f"{showing.input_name(names.row, key)} {_plain(names, change, each)}"
                for key, each in value.items()
            )
        case list() if change.field == "of":
            return listed.join(names.part(each) for each in value)
        case list():
            return listed.join(str(each) for each in value)
    return _word(names, change.field, str(value))


def _word(names: Names, field: str, value: str) -> str:
    if field == "owner":
        return from_names(names.row.owners.get(value, {}), value)
    return str(VALUES.get(value, value)) if field in _SAID else value
