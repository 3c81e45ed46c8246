"""The numbers of a draft as tables of fields: charge by charge, tier by tier, row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.billing import showing
from qiao.billing.models import TariffDraft
from qiao.billing.rules.tariffs.cells import Cell, Figure, figures
from qiao.billing.rules.tariffs.formulas import Formula, Number
from qiao.billing.rules.tariffs.reading import read_tariff
from qiao.billing.rules.tariffs.writing import rewritten
from qiao.billing.showing_tariffs import KINDS, Names, share_words


@dataclass(frozen=True, slots=True)
class Entry:
    """A field for a number. `stands` is what somebody else saved meanwhile, if it differs."""

    name: str
    label: str
    value: str
    unit: str = ""
    error: str = ""
    stands: str = ""


@dataclass(frozen=True, slots=True)
class FigureShown:
    """A figure in a table: words and fields in turn, what it was, and by how much it changes."""

    pieces: tuple[str | Entry, ...]
    was: str = ""
    share: str = ""

    @property
    def shown(self) -> tuple[tuple[str, Entry | None], ...]:
        """The pieces, as words or as a field."""
        return tuple((each, None) if isinstance(each, str) else ("", each) for each in self.pieces)


Line = tuple[str, tuple[FigureShown | None, ...]]
"""A row of a table: what it is for, and its figures."""


@dataclass(frozen=True, slots=True)
class Section:
    """A charge, or what stands beside charges: a table with a head for each column."""

    key: str
    title: str
    about: tuple[str, ...]
    first: str
    columns: tuple[str, ...]
    rows: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Typed:
    """What is shown instead of what stands: values that were typed, errors in words, and where
    somebody saved meanwhile what stands now."""

    values: Mapping[str, str]
    errors: Mapping[str, str]
    is_moved: bool = False


NOTHING = Typed({}, {})


def sections(draft: TariffDraft, typed: Typed = NOTHING) -> tuple[Section, ...]:
    """All numbers of a draft that a form shows."""
    return tuple(_Form(draft, typed).sections())


class _Form:
    def __init__(self, draft: TariffDraft, typed: Typed) -> None:
        self.draft, self.typed = draft, typed
        self.tariff = read_tariff(draft.definition)
        before = rewritten(draft.based_on.definition)
        self.names = Names(draft.tariff, before, draft.definition)
        self.before = {each.place: each.formula for each in figures(before)}

    def sections(self) -> list[Section]:
        own = figures(self.draft.definition)
        found = [
            self._charge(charge.key, [each for each in own if each.part == charge.key])
            for charge in self.tariff.charges
        ]
        reckoned = [each for each in own if each.kind == "value"]
        if reckoned:
            title = pgettext("form of a tariff", "Reckoned first")
            found.append(self._list("quantities", title, reckoned))
        numbers = [each for each in own if each.kind == "number"]
        if numbers:
            title = pgettext("form of a tariff", "Taken where nothing is known")
            found.append(self._list("numbers", title, numbers))
        return found

    def _charge(self, key: str, own: Sequence[Figure]) -> Section:
        charge = next(each for each in self.tariff.charges if each.key == key)
        words = showing.charge_words(self.draft.tariff, self.tariff, charge)
        about = tuple(each for each in (words.how, words.owner, self._when(charge.when)) if each)
        own = [each for each in own if each.kind not in ("value", "number")]
        tiers = sorted({each.tier for each in own if each.tier})
        if not tiers:
            heads = tuple(dict.fromkeys(str(KINDS[each.kind]) for each in own))
            lines = [(self.names.labels(each.labels) or _("all"), each) for each in own]
            return Section(key, words.name, about, self._by(own), heads, self._rows(lines))
        columns = list(dict.fromkeys((each.kind, each.labels) for each in own))
        by_place = {(each.kind, each.labels, each.tier): each for each in own}
        heads = tuple(self._head(kind, labels) for kind, labels in columns)
        rows = tuple(
            (
                pgettext("form of a tariff", "Tier %(n)d") % {"n": tier},
                tuple(self._cell(by_place.get((*column, tier))) for column in columns),
            )
            for tier in tiers
        )
        return Section(key, words.name, about, pgettext("form of a tariff", "Tier"), heads, rows)

    def _head(self, kind: str, labels: Sequence[tuple[str, str]]) -> str:
        unit = showing.UNITS.get(self.tariff.unit, self.tariff.unit)
        words = str(KINDS[kind])
        if kind == "start":
            words = _("starts above (%(unit)s)") % {"unit": unit}
        return " · ".join(each for each in (self.names.labels(labels), words) if each)

    def _by(self, own: Sequence[Figure]) -> str:
        """What the rows of a table are by."""
        names = [name for name, _value in own[0].labels] if own else []
        shown = [showing.input_name(self.draft.tariff, name) for name in names]
        return " · ".join(shown) or pgettext("tariff", "For")

    def _when(self, when: Mapping[str, Any]) -> str:
        row = self.draft.tariff
        return " · ".join(
            f"{showing.input_name(row, name)}: "
            + ", ".join(showing.value_name(row, name, value) for value in sorted(values))
            for name, values in when.items()
        )

    def _list(self, key: str, title: str, own: Sequence[Figure]) -> Section:
        names = self.names
        lines = [
            (" · ".join(x for x in (names.part_of(each), names.labels(each.labels)) if x), each)
            for each in own
        ]
        heads = (str(KINDS[own[0].kind]),)
        what = pgettext("form of a tariff", "What")
        return Section(key, title, (), what, heads, self._rows(lines))

    def _rows(self, lines: Sequence[tuple[str, Figure]]) -> tuple[Line, ...]:
        """A line for each figure."""
        return tuple((head, (self._shown(figure),)) for head, figure in lines)

    def _cell(self, figure: Figure | None) -> FigureShown | None:
        return None if figure is None else self._shown(figure)

    def _shown(self, figure: Figure) -> FigureShown:
        before = self.before.get(figure.place)
        shown = self.names.pieces(figure)
        fields = [each for each in shown if isinstance(each, Cell)]
        pieces = tuple(
            self._entry(each, fields.index(each)) if isinstance(each, Cell) else each
            for each in shown
        )
        if before == figure.formula:
            return FigureShown(pieces)
        was = self.names.formula(figure, before) or pgettext("part of a tariff", "new")
        return FigureShown(pieces, was, _share(before, figure.formula))

    def _entry(self, cell: Cell, place: int) -> Entry:
        label = self.names.figure(cell.figure)
        value = self.typed.values.get(cell.name, cell.written)
        stands = cell.written if self.typed.is_moved and value != cell.written else ""
        return Entry(
            cell.name,
            f"{label} · {place + 1}" if place else label,
            value,
            "%" if cell.figure.is_percent else "",
            self.typed.errors.get(cell.name, ""),
            stands,
        )


def _share(before: Formula | None, after: Formula) -> str:
    if isinstance(before, Number) and isinstance(after, Number):
        return share_words(before.value, after.value)
    return ""
