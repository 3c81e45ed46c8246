"""What is promised, in words: by type, priority and tier, and what a change makes of it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from qiao.cases.queries.figures_of_promises import Owed, pack_figures
from qiao.cases.rules.figures import ANY, PRIORITIES, Difference, Targets
from qiao.cases.showing import names
from qiao.cases.showing.times import span_words
from qiao.core.packs.model import CaseType, PromiseSpec
from qiao.core.rules.texts import Text
from qiao.core.wording import said


@dataclass(frozen=True, slots=True)
class ShownPromise:
    """One promise of a type; `tiers` are the letters with what they are promised."""

    key: str
    name: str
    calendar: str
    figures: str
    tiers: Sequence[tuple[str, str]]
    source: str
    since: date | None
    is_public: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class ShownType:
    """A case type with its promises."""

    key: str
    name: str
    group: str
    promises: Sequence[ShownPromise]


def targets_words(targets: Targets) -> str:
    """Figures by priority in one line: “Urgent 1 h · every other 12 h”."""
    if set(targets) == {ANY}:
        return span_words(targets[ANY])
    return " · ".join(
        f"{names.PRIORITIES.get(key, _('every other'))} {span_words(targets[key])}"
        for key in (*PRIORITIES, ANY)
        if key in targets
    )


def show_promise(
    spec: PromiseSpec, owed: Owed | None = None, *, is_own: bool = False
) -> ShownPromise:
    """A promise with the figures in force, or the pack's own."""
    figures = owed.figures if owed else pack_figures(spec)
    source = owed.source if owed else spec.source
    return ShownPromise(
        key=spec.key,
        name=said(spec.name),
        calendar=names.calendar_name(spec.calendar),
        figures=targets_words(figures.targets),
        tiers=[(tier, targets_words(targets)) for tier, targets in sorted(figures.tiers.items())],
        source=said(source) if isinstance(source, Text) else str(source),
        since=owed.since if owed else None,
        is_public=spec.public,
        is_own=is_own or bool(owed and owed.since),
    )


def show_types(types: Iterable[CaseType], own: Collection[tuple[str, str]]) -> list[ShownType]:
    """All types with what they promise."""
    return [
        ShownType(
            item.key,
            said(item.name),
            str(names.GROUPS.get(item.group, item.group)),
            [show_promise(spec, is_own=(item.key, spec.key) in own) for spec in item.promises],
        )
        for item in types
        if item.promises
    ]


def show_differences(found: Sequence[Difference]) -> list[tuple[str, str, str, str, bool]]:
    """Tier, priority, before, after, and whether less is promised."""
    return [
        (
            each.tier,
            str(names.PRIORITIES.get(each.priority, _("every other"))),
            span_words(each.before) if each.before else "–",
            span_words(each.after) if each.after else "–",
            each.loosens,
        )
        for each in found
    ]
