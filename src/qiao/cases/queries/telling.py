"""What is known for notices to customers: what is owed to them, what they were answered."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from qiao.cases.models import Case, CaseClock, CaseEvent, CaseTelling
from qiao.cases.rules.telling import OCCASIONS
from qiao.core import parameters
from qiao.staff.queries import chain_to

if TYPE_CHECKING:
    from qiao.staff.models import Organisation

NO: Final = "no"
WISH: Final = "cases.tell."
NOT_TYPES: Final = "cases.tell_not_types"
LATE_FROM: Final = "cases.tell_late_from"
CHANNELS: Final[Mapping[str, tuple[str, ...]]] = {
    NO: (),
    "email": ("email",),
    "letter": ("email", "letter"),
}

PANEL: Final = """
SELECT jsonb_agg(jsonb_build_object(
         'occasion', t.occasion, 'at', t.noted_at, 'state', t.state, 'channel', m.channel,
         'reason', coalesce(nullif(m.reason, ''), t.reason), 'message', m.state,
         'moment', coalesce(m.sent_at, m.due_at)) ORDER BY t.id DESC)
  FROM (SELECT * FROM cases_casetelling WHERE case_id = %(case_id)s ORDER BY id DESC LIMIT 12) t
  LEFT JOIN messaging_message m ON m.id = t.message_id
 WHERE cardinality(%(organisation_ids)s::bigint[]) > 0
"""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a unit tells its customers on a day."""

    unit: "Organisation"
    day: date

    def _value(self, key: str) -> Any:
        chain = chain_to(self.unit)
        region = self.unit.region
        return parameters.find(key, day=self.day, organisation_ids=chain, region=region).value

    def channels(self) -> dict[str, tuple[str, ...]]:
        """The channels by occasion; none where it is not told."""
        return {key: CHANNELS[str(self._value(WISH + key))] for key in OCCASIONS}

    def silent_types(self) -> frozenset[str]:
        """Keys of case types whose customers are told nothing by themselves."""
        return frozenset(self._value(NOT_TYPES))

    def late_from(self) -> str:
        """The level from which on it is told that a promise may not be kept."""
        return str(self._value(LATE_FROM))


@dataclass(frozen=True, slots=True)
class Owed:
    """A running promise: its key and when it is due."""

    promise: str
    due_at: datetime


def owed_to(case_ids: Sequence[int]) -> dict[int, list[Owed]]:
    """The promises that run for cases, the one due first on top."""
    rows = CaseClock.objects.filter(case__in=case_ids, stopped_at__isnull=True).order_by(
        "due_at", "promise"
    )
    found: dict[int, list[Owed]] = defaultdict(list)
    for case_id, promise, due_at in rows.values_list("case_id", "promise", "due_at"):
        if due_at is not None:
            found[case_id].append(Owed(promise, due_at))
    return found


def told_entries(rows: Iterable[CaseTelling]) -> dict[int, Mapping[str, Any]]:
    """The data of the entries that gave the occasions, by the ids of the tellings."""
    by_place = {(row.case_id, int(row.mark)): row.pk for row in rows if row.mark.isdecimal()}
    found = CaseEvent.objects.filter(
        case__in={case_id for case_id, _seq in by_place},
        seq__in={seq for _case_id, seq in by_place},
    ).values_list("case_id", "seq", "data")
    return {by_place[c, seq]: data for c, seq, data in found if (c, seq) in by_place}


def answers_of(case_ids: Sequence[int]) -> dict[int, str]:
    """What the customers of cases were answered last."""
    rows = (
        CaseEvent.objects.filter(
            case__in=case_ids, kind__in=("answer", "reply"), visibility="customer"
        )
        .order_by("case_id", "-seq")
        .distinct("case_id")
    )
    return {row.case_id: str(row.data.get("text", "")) for row in rows}


def same_customer_merged(cases: Iterable[Case]) -> set[int]:
    """Cases that were merged into one of the same customer: that one is told for them."""
    merged = {case.pk: case for case in cases if case.merged_into_id is not None}
    into = Case.objects.in_bulk({case.merged_into_id for case in merged.values()})
    return {
        pk
        for pk, case in merged.items()
        if into[case.merged_into_id].customer_id == case.customer_id
    }
