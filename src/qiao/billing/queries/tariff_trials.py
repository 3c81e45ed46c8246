"""A draft of a tariff tried before it is published: the same examples old beside new, and a bill
across the day, worked through by the engine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final
from urllib.parse import urlencode

from qiao.billing import showing
from qiao.billing.models import Tariff as Row
from qiao.billing.models import TariffDraft
from qiao.billing.queries.price_examples import (
    BEFORE,
    Entered,
    ExampleLine,
    Input,
    bill_of,
    inputs_of,
    line_in_words,
)
from qiao.billing.queries.why import signed
from qiao.billing.rules.bills.facts import Facts, years_of
from qiao.billing.rules.tariffs.asked import quantities_of
from qiao.billing.rules.tariffs.explaining import Explained, explain
from qiao.billing.rules.tariffs.inputs import CannotRate
from qiao.billing.rules.tariffs.model import (
    DAYS,
    MONTHS,
    USAGE,
    Tariff,
    Tiered,
    labels_needed,
)
from qiao.billing.rules.tariffs.parts import rate_parts
from qiao.billing.rules.tariffs.planning import CannotPlan, Terms, Use
from qiao.billing.rules.tariffs.reading import read_tariff
from qiao.billing.showing_tariffs import share_words
from qiao.core.rules.money import to_decimal
from qiao.core.rules.months import months_after
from qiao.core.rules.periods import Period

OLD, NEW = "old", "new"
_Across = tuple[Period, bool, Explained, Tariff]
LONG_AGO: Final = date(1980, 1, 1)
FAR: Final = date(2200, 1, 1)
USES: Final = ("10", "100", "1000")
MORE_PEOPLE: Final = 2
VARIED: Final = 8
"""So many values of each label are tried at most."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Something at the old and at the new prices; amounts and the difference in words. `asked`
    is the query that leads to the example; where one cannot be rated, `refusal` says why."""

    about: str
    old: str
    new: str
    difference: str
    share: str
    asked: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class TrialPart:
    """A part of the bill across the day: its days, whether it is at the new prices, its lines."""

    start: date
    last: date
    days: int
    is_new: bool
    lines: tuple[ExampleLine, ...]
    contained: tuple[ExampleLine, ...]
    total: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What the draft does. `lines` are those of the entered example, old beside new, `whole` its
    totals; `parts` are those of the bill across the day, `total` what it comes to."""

    inputs: tuple[Input, ...]
    examples: tuple[Compared, ...] = ()
    lines: tuple[Compared, ...] = ()
    whole: Compared | None = None
    parts: tuple[TrialPart, ...] = ()
    total: str = ""
    unit: str = ""
    refusal: str = ""


def trial(draft: TariffDraft, given: Mapping[str, str]) -> Trial:
    """Try a draft beside the version that it changes."""
    old, new = read_tariff(draft.based_on.definition), read_tariff(draft.definition)
    row = draft.tariff
    inputs = tuple(_both(row, old, new, given))
    unit = showing.UNITS.get(new.unit, new.unit)
    if any(each.error for each in inputs):
        return Trial(inputs, unit=unit)
    examples = tuple(_examples(row, old, new))
    entered = Entered.of(inputs)
    try:
        one, two = bill_of(old, entered), bill_of(new, entered)
        parts = _across(draft, old, new, entered)
    except (CannotRate, CannotPlan) as refusal:
        return Trial(inputs, examples, unit=unit, refusal=str(refusal))
    shown = tuple(_part(row, each) for each in parts)
    minor = sum(told.minor for _period, _is_new, told, _tariff in parts)
    return Trial(
        inputs,
        examples,
        tuple(_lines(row, old, new, one, two)),
        _compared("", one.minor, two.minor, new.currency),
        shown,
        showing.money(minor, new.currency),
        unit,
    )


def _both(row: Row, old: Tariff, new: Tariff, given: Mapping[str, str]) -> list[Input]:
    """What either version asks; values that both know where both do."""
    found = {each.name: each for each in inputs_of(row, old, given)}
    for each in inputs_of(row, new, given):
        before = found.get(each.name)
        if before is None or not before.choices:
            found[each.name] = each
        elif each.choices:
            shared = tuple(choice for choice in each.choices if choice in before.choices)
            found[each.name] = replace(each, choices=shared or each.choices)
    return list(found.values())


def _examples(row: Row, old: Tariff, new: Tariff) -> Iterator[Compared]:
    """Uses that reach each tier, and one of them for each other value that the tariff asks."""
    yearly = _yearly(new)
    first = {"months": "12", "days": "365"} if yearly else {}
    uses = _uses(new) or USES
    for use in uses:
        yield _example(row, old, new, {**first, USAGE: use})
    middle = uses[len(uses) // 2]
    for each in _both(row, old, new, {}):
        if each.choices:
            for key, _name in each.choices[:VARIED]:
                if key != each.value:
                    yield _example(row, old, new, {**first, USAGE: middle, each.name: key})
        elif each.name in new.numbers and each.name not in quantities_of(new):
            more = str(Decimal(each.value) + MORE_PEOPLE)
            if Decimal(each.value) >= 1:
                yield _example(row, old, new, {**first, USAGE: middle, each.name: more})


def _yearly(tariff: Tariff) -> bool:
    return any(
        isinstance(charge.how, Tiered) and charge.how.period == "year" for charge in tariff.charges
    )


def _uses(tariff: Tariff) -> tuple[str, ...]:
    """Half of the first tier, all of it, the middle of the second, beyond the last: by where
    tiers start for the customer of whom nothing is known."""
    tiered = [each for each in tariff.charges if isinstance(each.how, Tiered)]
    for charge in tiered:
        assert isinstance(charge.how, Tiered)
        starts = next(iter(charge.how.starts.rows.values()))
        usual = [showing.usual(tariff, each) for each in starts[1:]]
        known = [each for each in usual if each is not None and each > 0]
        if charge.how.quantity == USAGE and known:
            middles = [(a + b) / 2 for a, b in pairwise(known)]
            wanted = [known[0] / 2, known[0], *middles, known[-1] * Decimal("1.25")]
            return tuple(str(int(each)) for each in wanted)
    return ()


def _example(row: Row, old: Tariff, new: Tariff, given: dict[str, str]) -> Compared:
    inputs = _both(row, old, new, given)
    entered = Entered.of(inputs)
    about = _about(inputs, given)
    try:
        one, two = bill_of(old, entered), bill_of(new, entered)
    except CannotRate as refusal:
        return Compared(about, "", "", "", "", urlencode(given), str(refusal))
    return replace(_compared(about, one.minor, two.minor, new.currency), asked=urlencode(given))


def _about(inputs: Sequence[Input], given: Mapping[str, str]) -> str:
    """An example in words: the use, and what differs from the first."""
    words = []
    for each in inputs:
        if each.name in given and each.name not in (MONTHS, DAYS, BEFORE):
            names = dict(each.choices) or {each.value: showing.plain(Decimal(each.value))}
            words.append(f"{each.label} {names[each.value]}")
    return " · ".join(words)


def _compared(about: str, one: int, two: int, currency: str) -> Compared:
    share = share_words(to_decimal(one, currency), to_decimal(two, currency))
    return Compared(
        about,
        showing.money(one, currency),
        showing.money(two, currency),
        signed(two - one, currency),
        share,
    )


def _lines(
    row: Row, old: Tariff, new: Tariff, one: Explained, two: Explained
) -> Iterator[Compared]:
    """The charges of an example, old beside new; one that is in one version alone too."""
    before = {line.charge.key: line for line in one.lines if line.adds}
    after = {line.charge.key: line for line in two.lines if line.adds}
    for key in dict.fromkeys((*after, *before)):
        line = after.get(key) or before[key]
        name = showing.charge_words(row, new if key in after else old, line.charge).name
        minor, later = (own[key].minor if key in own else 0 for own in (before, after))
        yield _compared(name, minor, later, new.currency)


def _across(draft: TariffDraft, old: Tariff, new: Tariff, entered: Entered) -> list[_Across]:
    """A bill of two months, one of them before the day and one from it on."""
    day = draft.valid_from
    period = Period(months_after(day, -1), months_after(day, 1))
    used = quantities_of(new) | quantities_of(old) | {USAGE}
    quantities = {name: n for name, n in entered.numbers.items() if name in used}
    numbers = {
        name: number
        for name, number in entered.numbers.items()
        if name not in used and name not in (MONTHS, DAYS)
    }
    asked = {OLD: labels_needed(old), NEW: labels_needed(new)}
    labels = {
        version: {name: each for name, each in entered.labels.items() if name in own}
        for version, own in asked.items()
    }
    terms = (
        Terms(Period(LONG_AGO, day), OLD, labels[OLD], numbers),
        Terms(Period(day, FAR), NEW, labels[NEW], numbers),
    )
    years = years_of(
        period,
        lived=Period(LONG_AGO, FAR),
        used={date(period.start.year, 1, 1): {USAGE: entered.before}},
    )
    facts = Facts(period, 2, (Use(period, quantities),), terms, years)
    tariffs = {OLD: old, NEW: new}
    return [
        (
            each.part.period,
            each.part.version == NEW,
            explain(each.tariff, each.rated, each.row),
            each.tariff,
        )
        for each in rate_parts(tariffs, facts.parts())
    ]


def _part(row: Row, part: _Across) -> TrialPart:
    period, is_new, told, tariff = part
    end = period.end or period.start
    return TrialPart(
        period.start,
        end - timedelta(days=1),
        period.days or 0,
        is_new,
        tuple(line_in_words(row, tariff, line) for line in told.lines if line.adds),
        tuple(line_in_words(row, tariff, line) for line in told.lines if not line.adds),
        showing.money(told.minor, tariff.currency),
    )
