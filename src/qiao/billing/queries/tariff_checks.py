"""What stands against publishing a draft of a tariff, and what is asked before it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiao.billing import showing
from qiao.billing.models import TariffDraft, TariffVersion
from qiao.billing.queries.tariff_changes import billed_beyond, held_on, standing_versions
from qiao.billing.rules.tariffs.cells import cells, out_of_order
from qiao.billing.rules.tariffs.changing import falls, figure_changes, gaps, jumps, make_changes
from qiao.billing.rules.tariffs.formulas import Number, write_formula
from qiao.billing.rules.tariffs.model import (
    DAYS,
    MONTHS,
    SHARE,
    USAGE,
    Tariff,
    labels_needed,
    numbers_needed,
)
from qiao.billing.rules.tariffs.reading import read_tariff
from qiao.billing.rules.tariffs.writing import rewritten
from qiao.billing.showing_tariffs import FAULTS, Changed, Names, changes_in_words, share_words

BASE_MOVED: Final = "base"
"""The finding that another version holds before the draft's day than it began from."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found in a draft. ``stop`` is in the way of publishing, ``ask`` has to be
    confirmed, ``note`` is told. `key` is the same as long as the finding is; `cell` names the
    field that it is about, if one."""

    level: Literal["stop", "ask", "note"]
    key: str
    words: str
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft looked at: what was found, and what would change, in words."""

    findings: tuple[Finding, ...]
    changes: tuple[Changed, ...]

    def of(self, level: str) -> tuple[Finding, ...]:
        """The findings of a level."""
        return tuple(each for each in self.findings if each.level == level)

    @property
    def stops(self) -> tuple[Finding, ...]:
        """What is in the way."""
        return self.of("stop")

    @property
    def asks(self) -> tuple[Finding, ...]:
        """What has to be confirmed."""
        return self.of("ask")

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is told."""
        return self.of("note")

    def unanswered(self, confirmed: Sequence[str]) -> tuple[Finding, ...]:
        """What was not confirmed."""
        return tuple(each for each in self.asks if each.key not in confirmed)


def changes_between(
    names: Names, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Changed]:
    """What differs between two versions of a tariff, in words."""
    return changes_in_words(names, figure_changes(before, after), make_changes(before, after))


def check_draft(draft: TariffDraft, *, today: date) -> Checked:
    """Look at a draft: its days, what was billed of them, its numbers against those it changes."""
    versions = standing_versions(draft.tariff_id)
    before = rewritten(draft.based_on.definition)
    names = Names(draft.tariff, before, draft.definition)
    found = [
        *_days(draft, versions, today),
        *_billed(draft),
        *_source(draft),
        *_numbers(draft, before, names),
    ]
    changes = changes_between(names, before, draft.definition)
    if not changes:
        found.append(Finding("stop", "same", _("No number differs from the version before.")))
    return Checked(tuple(found), tuple(changes))


def _days(draft: TariffDraft, versions: Sequence[TariffVersion], today: date) -> Iterator[Finding]:
    day = draft.valid_from
    if any(each.valid_from == day for each in versions):
        words = _("Another version begins on %(day)s. Choose another day, or call that one off.")
        yield Finding("stop", "taken", words % {"day": day.isoformat()})
        return
    base = held_on(versions, day)
    if base is None:
        yield Finding("stop", "early", _("No version holds before this day."))
    elif base.pk != draft.based_on_id:
        words = _(
            "The draft began from the version of %(old)s; before %(day)s that of %(new)s holds."
        )
        facts = {
            "old": draft.based_on.valid_from.isoformat(),
            "new": base.valid_from.isoformat(),
            "day": day.isoformat(),
        }
        yield Finding("stop", BASE_MOVED, words % facts)
    later = next((each for each in versions if each.valid_from > day), None)
    if later is not None and later.valid_from <= today:
        words = _("A later version holds since %(day)s already. Choose a day after it.")
        yield Finding("stop", "over", words % {"day": later.valid_from.isoformat()})
    elif later is not None:
        words = _("It would hold until %(day)s only: from then on another version is published.")
        yield Finding("note", "later", words % {"day": later.valid_from.isoformat()})
    if day < today:
        words = _("The day is over. Days that are not billed yet are billed at the new prices.")
        yield Finding("ask", f"past:{day}", words)


def _billed(draft: TariffDraft) -> Iterator[Finding]:
    billed = billed_beyond(tariff_id=draft.tariff_id, day=draft.valid_from)
    if not billed.bills or billed.free_from is None:
        return
    last = billed.free_from - timedelta(days=1)
    told = ngettext(
        "%(n)d bill reaches beyond this day",
        "%(n)d bills reach beyond this day",
        billed.bills,
    ) % {"n": billed.bills}
    words = _(
        "%(told)s, %(straddling)d of them across it; the last billed day is %(last)s. Issued bills"
        " stay as they are: the new prices hold for days that are not billed yet. Or begin on"
        " %(free)s or later."
    ) % {
        "told": told,
        "straddling": billed.straddling,
        "last": last.isoformat(),
        "free": billed.free_from.isoformat(),
    }
    yield Finding("ask", f"billed:{draft.valid_from}", words)


def _source(draft: TariffDraft) -> Iterator[Finding]:
    if not draft.source:
        yield Finding("stop", "source", _("Name the document by which the prices hold."), "source")


def _numbers(draft: TariffDraft, before: Mapping[str, Any], names: Names) -> Iterator[Finding]:
    after = draft.definition
    old, new = read_tariff(before), read_tariff(after)
    if (old.currency, old.unit) != (new.currency, new.unit):
        words = _("Currency and unit of a tariff stay: accounts are billed in them.")
        yield Finding("stop", "currency", words)
    yield from _unnamed(draft, old, new)
    known = {cell.name: cell for cell in cells(after)}
    earlier = {cell.name: cell.figure.place for cell in cells(before)}
    was = {earlier[name] for name in out_of_order(before)}
    for name, fault in out_of_order(after).items():
        if known[name].figure.place in was:
            continue
        words = f"{names.figure(known[name].figure)}: {FAULTS[fault]}"
        yield Finding("stop", f"order:{name}", words, name)
    inputs = draft.tariff.inputs
    values = {name: frozenset(each.get("values", ())) for name, each in inputs.items()}
    for gap in gaps(old, new, values):
        words = _("%(part)s has no figure for %(labels)s, and had one.") % {
            "part": names.part(gap.part),
            "labels": names.labels(gap.labels),
        }
        yield Finding("stop", f"gap:{gap.part}:{gap.labels}", words)
    for jump in jumps(before, after):
        cell = jump.cell
        one = names.formula(cell.figure, Number(jump.before))
        two = names.formula(cell.figure, Number(cell.value))
        facts = {"figure": names.figure(cell.figure), "before": one, "after": two}
        facts["share"] = share_words(jump.before, cell.value)
        if jump.share is None:
            words = _("%(figure)s: was nothing and becomes %(after)s.") % facts
        else:
            words = _("%(figure)s: %(before)s becomes %(after)s (%(share)s).") % facts
        yield Finding("ask", f"jump:{cell.name}:{jump.before}:{cell.value}", words, cell.name)
    for fall in falls(before, after):
        words = _("%(figure)s: %(price)s lies below the tier before it, %(above)s.") % {
            "figure": names.figure(fall.figure),
            "price": showing.price(fall.price),
            "above": showing.price(fall.above),
        }
        key = f"fall:{write_formula(fall.figure.formula)}:{fall.above}:{fall.figure.place}"
        yield Finding("ask", key, words)


def _unnamed(draft: TariffDraft, old: Tariff, new: Tariff) -> Iterator[Finding]:
    """What would be asked of customers, or owed to somebody, without a name."""
    known = {USAGE, DAYS, MONTHS, SHARE, *draft.tariff.inputs} | _asked(old)
    for name in sorted(_asked(new) - known):
        words = _("%(name)s is asked of customers, and this tariff does not know it.")
        yield Finding("stop", f"input:{name}", words % {"name": name})
    owned = {charge.owner for charge in old.charges} | {"company", *draft.tariff.owners}
    for name in sorted({charge.owner for charge in new.charges} - owned):
        words = _("%(name)s is owed a charge, and this tariff does not know who that is.")
        yield Finding("stop", f"owner:{name}", words % {"name": name})


def _asked(tariff: Tariff) -> frozenset[str]:
    return numbers_needed(tariff) | labels_needed(tariff).keys()
