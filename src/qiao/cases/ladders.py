"""Which ladder a case climbs: its type's, as the company set it or as the pack declares it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from qiao.cases.models import Case
from qiao.cases.rules.ladder import Rung, Step, rung_from_data
from qiao.core import settings
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.ladders import LadderSpec
from qiao.core.settings import SettingMissing
from qiao.staff.queries import chain_of

PREFIX: Final = "cases.ladder:"


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs, what each is limited to, and the calendar of hours in which people are at work."""

    key: str
    hours: str
    rungs: tuple[Rung, ...]
    promises: Mapping[str, tuple[str, ...]]  # by the key of a rung; missing: every promise
    priorities: Mapping[str, tuple[str, ...]]

    def rungs_for(self, priority: str) -> tuple[Rung, ...]:
        """The rungs that a case of this priority climbs."""
        return tuple(
            rung
            for rung in self.rungs
            if not self.priorities.get(rung.key) or priority in self.priorities[rung.key]
        )

    def is_for(self, step: Step) -> bool:
        """Whether a rung is meant for the promise that reached it."""
        wanted = self.promises.get(step.rung.key)
        return not wanted or not step.promise or step.promise in wanted


def ladder_for(case: Case) -> Ladder | None:
    """The ladder of a case, None where its type climbs none.

    What the company set for the type replaces the pack's rungs in whole, from its day on.
    """
    spec = declared(case.case_type.key, case.case_type.group)
    if spec is None:
        return None
    try:
        value = settings.find(
            f"{PREFIX}{spec.key}",
            day=case.opened_date,
            organisation_ids=chain_of(case.organisation_id),
            region=case.area,
        ).value
    except SettingMissing:
        return from_spec(spec)
    rungs = tuple(rung_from_data(each) for each in value)
    return Ladder(spec.key, spec.hours, rungs, {}, {})


def declared(type_key: str, group: str) -> LadderSpec | None:
    """The ladder that the pack of a type declares for its group, or for all."""
    pack = type_key.partition(".")[0]
    own = [each for each in catalogue().ladders.values() if each.key.partition(".")[0] == pack]
    for each in own:
        if group in each.groups:
            return each
    return next((each for each in own if not each.groups), None)


def from_spec(spec: LadderSpec) -> Ladder:
    """A pack's ladder as the work takes it."""
    pairs = [(Rung(r.after, r.figure, r.tell, r.raises), r) for r in spec.rungs]
    return Ladder(
        spec.key,
        spec.hours,
        tuple(rung for rung, _declared in pairs),
        {rung.key: said.promises for rung, said in pairs},
        {rung.key: said.priorities for rung, said in pairs},
    )
